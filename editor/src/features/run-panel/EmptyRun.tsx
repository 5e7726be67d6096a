import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { canvasCommands } from '../commands/index.js';
import { isEditable } from '../document/index.js';
import { useDocument, useSession } from '../session/index.js';

/** What an empty workflow shows instead of the run form: what is missing, and how to add it. */
export function EmptyRun(): ReactElement {
  const { commands } = useSession();
  const canEdit = useDocument(isEditable);
  const add = canvasCommands.find(({ id }) => id === 'add-node');
  return (
    <div id="run-empty" className="run-form">
      <p className="quiet">
        This workflow has no nodes, so it cannot run. Add an <strong>Input</strong> for the inputs of a run, a node that
        processes them, and an <strong>Output</strong> for the result.
      </p>
      {!canEdit || add === undefined ? null : (
        <button type="button" className="button" onClick={() => void add.run(commands)}>
          <Plus size={13} aria-hidden /> Add first node
        </button>
      )}
    </div>
  );
}
