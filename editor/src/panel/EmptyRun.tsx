import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { canvasCommands } from '../commands/canvas-commands.js';
import { isEditable } from '../document/document-store.js';
import { useDocument, useSession } from '../session.js';

/** Stands where the form of a run would: what is missing before there is something to run, and the way to it. */
export function EmptyRun(): ReactElement {
  const { commands } = useSession();
  const canEdit = useDocument(isEditable);
  const add = canvasCommands.find(({ id }) => id === 'add-node');
  return (
    <div id="run-empty" className="run-form">
      <p className="quiet">
        Nothing to run yet: this workflow has no nodes. It needs an <strong>Input</strong> for what a run is given, a
        node that works on it, and an <strong>Output</strong> for what comes back.
      </p>
      {!canEdit || add === undefined ? null : (
        <button type="button" className="button" onClick={() => void add.run(commands)}>
          <Plus size={13} aria-hidden /> Add the first node
        </button>
      )}
    </div>
  );
}
