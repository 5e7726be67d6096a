import type { AnnotationQueue } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { TextField } from '../../ui/fields/FormFields.js';
import { AssigneesField } from './AssigneesField.js';

/** A dialog to rename a queue or change its assignees. */
export function ChangeQueue({
  queue,
  onChanged,
  onClose,
}: {
  readonly queue: AnnotationQueue;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const [name, setName] = useState(queue.name);
  const [assignees, setAssignees] = useState<readonly string[]>(queue.assignees);
  const submit = async (): Promise<void> => {
    const params = { path: { id: queue.id } };
    await client.PATCH('/api/annotation-queues/{id}', { params, body: { name, assignees: [...assignees] } });
    onChanged();
    onClose();
  };
  return (
    <FormDialog title="Change queue" verb="Save" isDisabled={name.trim() === ''} onSubmit={submit} onClose={onClose}>
      <TextField title="Name" value={name} isFirst isRequired maxLength={200} onChange={setName} />
      <AssigneesField value={assignees} onChange={setAssignees} />
    </FormDialog>
  );
}
