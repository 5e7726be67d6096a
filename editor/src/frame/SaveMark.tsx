import type { ReactElement } from 'react';
import type { SaveState } from '../document/document-store.js';
import { useDocument, useSession } from '../session.js';

const words: Readonly<Record<SaveState, string>> = {
  saved: 'Saved',
  unsaved: 'Not saved yet',
  saving: 'Saving',
  failed: 'Not saved',
  conflict: 'Changed elsewhere',
};

/** How the draft stands with the server; what to do where it does not. */
export function SaveMark(): ReactElement {
  const { autosave } = useSession();
  const state = useDocument((document) => document.saveState);
  const error = useDocument((document) => document.saveError);
  return (
    <span className="save-mark" data-state={state}>
      <span role="status" title={error?.message}>
        {words[state]}
      </span>
      {state === 'failed' ? (
        <button type="button" className="button button-small" onClick={() => void autosave.flush()}>
          Try again
        </button>
      ) : null}
      {state === 'conflict' ? (
        <>
          <button type="button" className="button button-small" onClick={() => void autosave.takeTheirs()}>
            Take theirs
          </button>
          <button type="button" className="button button-small" onClick={() => void autosave.keepMine()}>
            Keep mine
          </button>
        </>
      ) : null}
    </span>
  );
}
