import type { WorkflowSummary } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { TextField } from '../../ui/fields/FormFields.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
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
  const submit = async (): Promise<void> => {
    await renameWorkflow(workflow.id, name.trim());
    onClose();
    onRenamed();
  };
  return (
    <FormDialog
      title="Rename workflow"
      verb="Rename"
      isDisabled={name.trim() === ''}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        title="Name"
        value={name}
        maxLength={200}
        isRequired
        isFirst
        onFocus={(event) => event.target.select()}
        onChange={setName}
      />
    </FormDialog>
  );
}
