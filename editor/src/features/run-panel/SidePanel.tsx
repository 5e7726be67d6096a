import { PanelRightClose, PanelRightOpen } from 'lucide-react';
import { Suspense, useContext, type CSSProperties, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { LazyInspector } from '../inspector/index.js';
import { Around, InsideContext, LateNestedPanel } from '../nested-runs/index.js';
import { ScopeContext } from '../run/index.js';
import { useDocument, useSession, useView } from '../session/index.js';
import { openPanel, panelSize, setPanelSize } from '../view/index.js';
import { PanelGrip } from './PanelGrip.js';
import { RunPanel } from './RunPanel.js';

/** The panel on the right: the run, or the selected node. It can be resized and closed. */
export function SidePanel(): ReactElement {
  const { view } = useSession();
  const selected = useView((state) => (state.selectedNodes.length === 1 ? state.selectedNodes[0] : undefined));
  const isThere = useDocument((state) => selected !== undefined && state.document?.nodes[selected] !== undefined);
  const panel = useView((state) => state.panel);
  const { width, isOpen } = useStore(panelSize);
  const node = isThere ? selected : undefined;
  const isNode = panel === 'node' && node !== undefined;
  const isDraftInside = useContext(InsideContext) !== undefined;
  const isInside = useContext(ScopeContext) !== '' && !isDraftInside;
  if (!isOpen) {
    return (
      <aside className="panel panel-closed" aria-label="Closed panel">
        <button type="button" className="icon-button" aria-label="Open panel" title="Open panel" onClick={openPanel}>
          <PanelRightOpen size={16} aria-hidden />
        </button>
      </aside>
    );
  }
  return (
    // The width is set by dragging.
    <aside className="panel" aria-label={isNode ? 'Node' : 'Run'} style={{ '--panel': `${width}px` } as CSSProperties}>
      <PanelGrip width={width} />
      <div className="panel-scroll scrolls">
        <div className="panel-switch" role="group" aria-label="Panel">
          {node === undefined ? (
            <h2 className="panel-title">Run</h2>
          ) : (
            <>
              <button type="button" aria-pressed={!isNode} onClick={() => view.setState({ panel: 'run' })}>
                Run
              </button>
              <button type="button" aria-pressed={isNode} onClick={() => view.setState({ panel: 'node' })}>
                Node
              </button>
            </>
          )}
          <button
            type="button"
            className="icon-button panel-close"
            aria-label="Close panel"
            title="Close panel"
            onClick={() => setPanelSize({ isOpen: false })}
          >
            <PanelRightClose size={16} aria-hidden />
          </button>
        </div>
        {isNode ? <LazyInspector key={node} nodeId={node} /> : null}
        {/* The form keeps what was typed while a node is looked at. */}
        <div hidden={isNode}>
          {isInside ? (
            <Suspense fallback={<p className="panel-body quiet">Opening run…</p>}>
              <LateNestedPanel />
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
