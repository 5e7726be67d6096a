import type { StoredDatasetRow } from '@heddle/core';
import type { ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { LinesField, SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { useForm } from '../../../ui/forms/use-form.js';
import { levelChoices } from '../../../ui/format/level-choices.js';
import { draftOf, isRow, newDraft, readDraft, type RowDraft } from './row-draft.js';
import styles from '../datasets.module.css';

/** Adds or edits a row. Saving creates the next version. */
export function RowForm({
  dataset,
  version,
  row,
  like,
  splits,
  onSaved,
  onClose,
}: {
  readonly dataset: string;
  /** The newest version. The server refuses the change if someone else has saved a version since. */
  readonly version: number;
  /** Undefined for a new row. */
  readonly row: StoredDatasetRow | undefined;
  /** A row from which a new row takes the names of its inputs, the split and the label. */
  readonly like?: StoredDatasetRow | undefined;
  readonly splits: readonly string[];
  readonly onSaved: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const form = useForm<RowDraft>(() => (row === undefined ? newDraft(like) : draftOf(row)));
  const submit = async (): Promise<void> => {
    const read = readDraft(form.values, row);
    form.setErrors(isRow(read) ? {} : read);
    if (!isRow(read)) return;
    await client.POST('/api/datasets/{id}/rows', {
      params: { path: { id: dataset } },
      body: { set: [read], remove: [], base: version, note: row === undefined ? 'Row added' : 'Row edited' },
    });
    onSaved();
  };
  return (
    <FormDialog
      title={row === undefined ? 'New row' : 'Edit row'}
      verb={`Save as version ${version + 1}`}
      isWide
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <LinesField
        title="Inputs"
        {...form.field('inputs')}
        help="A JSON object: the inputs of the workflow by name."
        rows={5}
        isCode
        isFirst
      />
      <LinesField
        title="Expected answer"
        {...form.field('expected')}
        help="A list holds several right answers."
        rows={4}
        isCode={!form.values.isText}
      />
      <div className={styles['dataset-fields']}>
        <SelectField
          title="Expected as"
          value={form.values.isText ? 'text' : 'json'}
          choices={[
            ['text', 'Text'],
            ['json', 'JSON'],
          ]}
          onChange={(kind) => form.change({ isText: kind === 'text' })}
        />
        <SelectField title="Label" {...form.field('label')} choices={levelChoices} />
        <TextField title="Split" {...form.field('split')} suggestions={splits} maxLength={100} />
        <TextField title="Tags" {...form.field('tags')} help="Separated by commas." />
      </div>
      <LinesField
        title="References"
        {...form.field('references')}
        help='Documents that the answer should rest on, as a JSON list such as [{"document": "faq.md", "text": "…", "grade": 1}].'
        rows={form.values.references === '' ? 1 : 5}
        isCode
      />
    </FormDialog>
  );
}
