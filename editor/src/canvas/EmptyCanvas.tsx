import { Panel } from '@xyflow/react';
import type { ReactElement } from 'react';

/** What to do first where there is nothing yet; whoever only looks is told that there is nothing. */
export function EmptyCanvas({ onAdd }: { readonly onAdd: (() => void) | undefined }): ReactElement {
  return (
    <Panel position="top-left" className="canvas-empty-place">
      <div className="canvas-empty">
        <h2>Nothing here yet</h2>
        {onAdd === undefined ? (
          <p className="quiet">This workflow has no nodes, so there is nothing to run.</p>
        ) : (
          <>
            <p className="quiet">
              Begin with an <strong>Input</strong>: what a run is given. Then pull a thread from its port to see which
              nodes fit, and end with an <strong>Output</strong>: what comes back.
            </p>
            <button type="button" className="button button-primary" onClick={onAdd}>
              Add the first node
            </button>
            <p className="quiet">
              <kbd>Tab</kbd> or a double click do the same. A workflow file can be dropped here.
            </p>
          </>
        )}
      </div>
    </Panel>
  );
}
