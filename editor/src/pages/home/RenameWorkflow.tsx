import type { WorkflowSummary } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { Notice } from '../../frame/Notice.js';
import { Dialog } from '../../palette/Dialog.js';
import { useAction } from '../use-action.js';
import { renameWorkflow } from './new-workflow.js';

/** Another name for a workflow; its address stays. */
export function RenameWorkflow({
  workflow,
  onClose,
  onRenamed,
}: {
  readonly workflow: WorkflowSummary;
  readonly onClose: () => void;
  readonly onRenamed: () => void;
}): ReactElement {
  const [name, setName] = useState(workflow.name);
  const rename = useAction();
  return (
    <Dialog title="Rename workflow" onClose={onClose}>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          rename.run(async () => {
            await renameWorkflow(workflow.id, name.trim());
            onClose();
            onRenamed();
          });
        }}
      >
        <label className="field">
          <span className="field-label">Name</span>
          <input
            value={name}
            maxLength={200}
            required
            autoFocus
            onFocus={(event) => event.target.select()}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        {rename.error === undefined ? null : <Notice error={rename.error} />}
        <div className="dialog-actions">
          <button type="submit" className="button button-primary" disabled={rename.isBusy || name.trim() === ''}>
            Rename
          </button>
        </div>
      </form>
    </Dialog>
  );
}
