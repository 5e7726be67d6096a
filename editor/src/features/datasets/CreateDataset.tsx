import { CreateDatasetRequest } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { LinesField, TextField } from '../../ui/fields/FormFields.js';
import { readForm } from '../../ui/forms/read-form.js';
import { navigate, qualityPath } from '../../ui/navigation/route.js';
import { exampleDataset, exampleFile } from './example-rows.js';

const problems = { name: 'Write a name of at most 200 characters.', description: 'At most 2,000 characters.' };

/** Creates a dataset and opens it. The example dataset comes with a few rows. */
export function CreateDataset({
  isExample = false,
  onClose,
  onCreated = (id) => navigate(qualityPath('datasets', id)),
}: {
  readonly isExample?: boolean;
  readonly onClose: () => void;
  /** Default: opens the page of the dataset. */
  readonly onCreated?: (id: string, name: string) => void;
}): ReactElement {
  const [name, setName] = useState(isExample ? exampleDataset.name : '');
  const [description, setDescription] = useState(isExample ? exampleDataset.description : '');
  const submit = async (): Promise<void> => {
    const body = readForm(CreateDatasetRequest, { name, description }, problems);
    const made = await client.POST('/api/datasets', { body });
    if (isExample) {
      const params = { path: { id: made.id }, query: { format: 'jsonl', note: 'Example rows' } } as const;
      await client.POST('/api/datasets/{id}/import', { params, body: exampleFile() });
    }
    onClose();
    onCreated(made.id, made.name);
  };
  return (
    <FormDialog
      title={isExample ? 'New example dataset' : 'New dataset'}
      verb="Create dataset"
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField title="Name" value={name} isFirst isRequired maxLength={200} onChange={setName} />
      <LinesField
        title="Description"
        value={description}
        maxLength={2000}
        help="What the rows are about and where they come from."
        onChange={setDescription}
      />
    </FormDialog>
  );
}
