import type { ReactElement } from 'react';
import { NodeInspector } from '../inspector/NodeInspector.js';
import { useDocument, useSession, useView } from '../session.js';
import { RunPanel } from './RunPanel.js';

/** The panel on the right: the run, or the node that is selected. */
export function SidePanel(): ReactElement {
  const { view } = useSession();
  const selected = useView((state) => (state.selectedNodes.length === 1 ? state.selectedNodes[0] : undefined));
  const isThere = useDocument((state) => selected !== undefined && state.document?.nodes[selected] !== undefined);
  const panel = useView((state) => state.panel);
  const node = isThere ? selected : undefined;
  const isNode = panel === 'node' && node !== undefined;
  return (
    <aside className="panel" aria-label={isNode ? 'Node' : 'Run'}>
      {node === undefined ? null : (
        <div className="panel-switch" role="group" aria-label="Panel">
          <button type="button" aria-pressed={!isNode} onClick={() => view.setState({ panel: 'run' })}>
            Run
          </button>
          <button type="button" aria-pressed={isNode} onClick={() => view.setState({ panel: 'node' })}>
            Node
          </button>
        </div>
      )}
      {isNode ? <NodeInspector key={node} nodeId={node} /> : null}
      {/* The form keeps what was typed while a node is looked at. */}
      <div hidden={isNode}>
        <RunPanel />
      </div>
    </aside>
  );
}
