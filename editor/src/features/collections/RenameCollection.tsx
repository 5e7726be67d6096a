import { CollectionTitle } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { TextField } from '../../ui/fields/FormFields.js';

/** Changes the title of a collection. Its name does not change. */
export function RenameCollection({
  name,
  title: before,
  onRenamed,
  onClose,
}: {
  readonly name: string;
  readonly title: string;
  readonly onRenamed: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const [title, setTitle] = useState(before);
  const read = CollectionTitle.safeParse(title);
  const problem = read.success ? undefined : `${read.error.issues[0]?.message ?? ''}.`;
  const submit = async (): Promise<void> => {
    if (!read.success) return;
    await client.PATCH('/api/collections/{name}', { params: { path: { name } }, body: { title: read.data } });
    onRenamed();
    onClose();
  };
  return (
    <FormDialog
      title="Change the title"
      verb="Save title"
      isDisabled={problem !== undefined}
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        title="Title"
        value={title}
        isFirst
        error={problem}
        help={`Workflows keep using the name ${name}.`}
        onChange={setTitle}
      />
    </FormDialog>
  );
}
