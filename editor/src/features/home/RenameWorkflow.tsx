import type { WorkflowSummary } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { useAction } from '../../data/queries/use-action.js';
import { renameWorkflow } from './new-workflow.js';

/** Renames a workflow; its address stays the same. */
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
  const submit = async (): Promise<void> => {
    await renameWorkflow(workflow.id, name.trim());
    onClose();
    onRenamed();
  };
  return (
    <FormDialog
      title="Rename workflow"
      verb="Rename"
      action={rename}
      isPaused={name.trim() === ''}
      onSubmit={submit}
      onClose={onClose}
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
    </FormDialog>
  );
}
