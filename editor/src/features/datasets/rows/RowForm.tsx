import type { StoredDatasetRow } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { LinesField, SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { levelChoices } from '../../../ui/format/level-choices.js';
import { draftOf, isRow, newDraft, readDraft, type RowDraft, type RowProblems } from './row-draft.js';
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
  const [draft, setDraft] = useState<RowDraft>(() => (row === undefined ? newDraft(like) : draftOf(row)));
  const [problems, setProblems] = useState<RowProblems>({});
  const action = useAction();
  const change = (part: Partial<RowDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const submit = async (): Promise<void> => {
    const read = readDraft(draft, row);
    setProblems(isRow(read) ? {} : read);
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
      action={action}
      isWide
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <LinesField
        title="Inputs"
        help="A JSON object: the inputs of the workflow by name."
        rows={5}
        isCode
        isFirst
        value={draft.inputs}
        error={problems.inputs}
        onChange={(inputs) => change({ inputs })}
      />
      <LinesField
        title="Expected answer"
        help="A list holds several right answers."
        rows={4}
        isCode={!draft.isText}
        value={draft.expected}
        error={problems.expected}
        onChange={(expected) => change({ expected })}
      />
      <div className={styles['dataset-fields']}>
        <SelectField
          title="Expected as"
          value={draft.isText ? 'text' : 'json'}
          choices={[
            ['text', 'Text'],
            ['json', 'JSON'],
          ]}
          onChange={(kind) => change({ isText: kind === 'text' })}
        />
        <SelectField title="Label" value={draft.label} choices={levelChoices} onChange={(label) => change({ label })} />
        <TextField
          title="Split"
          value={draft.split}
          suggestions={splits}
          maxLength={100}
          error={problems.split}
          onChange={(split) => change({ split })}
        />
        <TextField
          title="Tags"
          help="Separated by commas."
          value={draft.tags}
          error={problems.tags}
          onChange={(tags) => change({ tags })}
        />
      </div>
      <LinesField
        title="References"
        help='Documents that the answer should rest on, as a JSON list such as [{"document": "faq.md", "text": "…", "grade": 1}].'
        rows={draft.references === '' ? 1 : 5}
        isCode
        value={draft.references}
        error={problems.references}
        onChange={(references) => change({ references })}
      />
    </FormDialog>
  );
}
