import { Panel } from '@xyflow/react';
import type { ReactElement } from 'react';
import styles from './canvas.module.css';

/** Explains the first steps on an empty canvas; in read-only mode, only says that it is empty. */
export function EmptyCanvas({ onAdd }: { readonly onAdd: (() => void) | undefined }): ReactElement {
  return (
    <Panel position="top-left" className={styles['canvas-empty-position']}>
      <div className={styles['canvas-empty']}>
        <h2>No nodes yet</h2>
        {onAdd === undefined ? (
          <p className="quiet">This workflow has no nodes, so it cannot run.</p>
        ) : (
          <>
            <p className="quiet">
              Start with an <strong>Input</strong> node for what a run receives. Then drag an edge from its port to see
              matching nodes, and end with an <strong>Output</strong> node for the result.
            </p>
            <button type="button" className="button button-primary" onClick={onAdd}>
              Add first node
            </button>
            <p className="quiet">
              <kbd>Tab</kbd> or a double click does the same. You can also drop a workflow file here.
            </p>
          </>
        )}
      </div>
    </Panel>
  );
}
