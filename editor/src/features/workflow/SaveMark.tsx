import clsx from 'clsx';
import { lazy, Suspense, useState, type ReactElement } from 'react';
import type { SaveState } from '../document/index.js';
import { useDocument, useSession } from '../session/index.js';
import styles from './workflow.module.css';

const ConflictDialog = lazy(() =>
  import('./ConflictDialog.js').then(({ ConflictDialog: dialog }) => ({ default: dialog })),
);

const labels: Readonly<Record<SaveState, string>> = {
  saved: 'Saved',
  unsaved: 'Not saved yet',
  saving: 'Saving',
  failed: 'Not saved',
  conflict: 'Changed elsewhere',
};

/** The save state of the draft, and what to do if saving failed. */
export function SaveMark(): ReactElement {
  const { autosave } = useSession();
  const state = useDocument((document) => document.saveState);
  const error = useDocument((document) => document.saveError);
  const [isComparing, setComparing] = useState(false);
  return (
    <span className={clsx(styles['save-mark'], 'aligned-inline')} data-state={state}>
      <span
        role="status"
        data-tip={
          state === 'failed'
            ? `${error?.message ?? ''} Your changes are kept on this device and saved later.`
            : error?.message
        }
      >
        {labels[state]}
        {state === 'failed' && error?.isUnreachable === true ? ': kept on this device' : ''}
      </span>
      {state === 'failed' ? (
        <button type="button" className="button button-small" onClick={() => void autosave.flush()}>
          Retry
        </button>
      ) : null}
      {state === 'conflict' ? (
        <button type="button" className="button button-small" onClick={() => setComparing(true)}>
          Compare
        </button>
      ) : null}
      {isComparing && state === 'conflict' ? (
        <Suspense fallback={null}>
          <ConflictDialog onClose={() => setComparing(false)} />
        </Suspense>
      ) : null}
    </span>
  );
}
