import clsx from 'clsx';
import { PanelRightClose, PanelRightOpen } from 'lucide-react';
import { Suspense, useContext, type CSSProperties, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { edgeOf } from '../document/index.js';
import { LazyEdgeInspector, LazyInspector } from '../inspector/index.js';
import { Around, InsideContext, LazyNestedPanel } from '../nested-runs/index.js';
import { ScopeContext } from '../run/index.js';
import { useDocument, useSession, useView } from '../session/index.js';
import { openPanel, panelOf, panelSize, setPanelSize } from '../view/index.js';
import { PanelGrip } from './PanelGrip.js';
import { RunPanel } from './RunPanel.js';
import styles from './run-panel.module.css';

/** The panel on the right. It shows the run, or the selected node or edge, and can be resized and closed. */
export function SidePanel(): ReactElement {
  const { view } = useSession();
  const selected = useView((state) => (state.selectedNodes.length === 1 ? state.selectedNodes[0] : undefined));
  const isThere = useDocument((state) => selected !== undefined && state.document?.nodes[selected] !== undefined);
  const line = useView((state) =>
    panelOf(state.selectedNodes, state.selectedEdges) === 'edge' ? state.selectedEdges[0] : undefined,
  );
  const edge = useDocument((state) =>
    line !== undefined && state.document !== undefined && edgeOf(state.document, line) !== undefined ? line : undefined,
  );
  const panel = useView((state) => state.panel);
  const { width, isOpen } = useStore(panelSize);
  const node = isThere ? selected : undefined;
  const isNode = panel === 'node' && node !== undefined;
  const isEdge = panel === 'edge' && edge !== undefined;
  const part = node !== undefined ? 'Node' : edge !== undefined ? 'Edge' : undefined;
  const isDraftInside = useContext(InsideContext) !== undefined;
  const isInside = useContext(ScopeContext) !== '' && !isDraftInside;
  if (!isOpen) {
    return (
      <aside className={clsx(styles['panel'], styles['panel-closed'])} data-panel aria-label="Closed panel">
        <button type="button" className="icon-button" aria-label="Open panel" data-tip="Open panel" onClick={openPanel}>
          <PanelRightOpen size={16} aria-hidden />
        </button>
      </aside>
    );
  }
  return (
    // An inline style, because the user sets the width by dragging.
    <aside
      className={styles['panel']}
      data-panel
      aria-label={isNode ? 'Node' : isEdge ? 'Edge' : 'Run'}
      style={{ '--panel': `${width}px` } as CSSProperties}
    >
      <PanelGrip width={width} />
      <div className={clsx(styles['panel-scroll'], 'scrolls')}>
        <div className="panel-switch" role="group" aria-label="Panel">
          {part === undefined ? (
            <h2 className="panel-title">Run</h2>
          ) : (
            <>
              <button type="button" aria-pressed={!isNode && !isEdge} onClick={() => view.setState({ panel: 'run' })}>
                Run
              </button>
              <button
                type="button"
                aria-pressed={isNode || isEdge}
                onClick={() => view.setState({ panel: node !== undefined ? 'node' : 'edge' })}
              >
                {part}
              </button>
            </>
          )}
          <button
            type="button"
            className={clsx('icon-button', styles['panel-close'])}
            aria-label="Close panel"
            data-tip="Close panel"
            onClick={() => setPanelSize({ isOpen: false })}
          >
            <PanelRightClose size={16} aria-hidden />
          </button>
        </div>
        {isNode ? <LazyInspector key={node} nodeId={node} /> : null}
        {isEdge ? <LazyEdgeInspector key={edge} edge={edge} /> : null}
        {/* The form is only hidden while a node or an edge is shown, so that its input is not lost. */}
        <div hidden={isNode || isEdge}>
          {isInside ? (
            <Suspense fallback={<p className="panel-body quiet">Opening run…</p>}>
              <LazyNestedPanel />
            </Suspense>
          ) : (
            <Around>
              <RunPanel />
            </Around>
          )}
        </div>
      </div>
    </aside>
  );
}
