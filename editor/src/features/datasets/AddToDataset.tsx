import type { FeedbackFilter, RowsFromRunsReply, RunTrigger } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { NumberField, SelectField, TextField } from '../../ui/fields/FormFields.js';
import { Link } from '../../ui/navigation/Link.js';
import { qualityPath } from '../../ui/navigation/route.js';
import { countOf } from '../../ui/format/count-of.js';
import styles from './datasets.module.css';

/** The runs that become rows: named ones, or the newest finished runs that match a filter. */
export type RunsToAdd =
  | { readonly runs: readonly string[] }
  | {
      readonly workflow: string | undefined;
      readonly trigger: RunTrigger | undefined;
      readonly search: string | undefined;
      readonly feedback?: FeedbackFilter | undefined;
    };

const isNew = '+';

/** Adds runs to an existing or a new dataset, and shows which labels the rows have. */
export function AddToDataset({
  from,
  name: suggested = '',
  onClose,
}: {
  readonly from: RunsToAdd;
  readonly name?: string;
  readonly onClose: () => void;
}): ReactElement {
  const datasets = useGet('/api/datasets', {}, ({ datasets: list }) =>
    [...list].sort((a, b) => b.updatedAt - a.updatedAt),
  );
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState(suggested);
  const [split, setSplit] = useState('');
  const [tags, setTags] = useState('');
  const [limit, setLimit] = useState<number | undefined>(100);
  const [done, setDone] = useState<{ readonly id: string; readonly reply: RowsFromRunsReply }>();
  const dataset = chosen ?? datasets.value?.[0]?.id ?? isNew;
  const submit = async (): Promise<void> => {
    const made =
      dataset === isNew ? await client.POST('/api/datasets', { body: { name, description: '' } }) : undefined;
    const id = made?.id ?? dataset;
    // If adding the runs fails, a second attempt does not create the dataset again.
    if (made !== undefined) {
      setChosen(id);
      datasets.again();
    }
    const list = tags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '');
    const reply = await client.POST('/api/datasets/{id}/runs', {
      params: { path: { id } },
      body: {
        ...('runs' in from ? { runs: [...from.runs], limit: 1000 } : { ...from, limit: limit ?? 100 }),
        split: split.trim() || undefined,
        tags: list.length === 0 ? undefined : list,
        note: 'From runs',
      },
    });
    setDone({ id, reply });
  };
  if (done !== undefined) return <Added {...done} onClose={onClose} />;
  return (
    <FormDialog
      title="Add to dataset"
      verb="Add to dataset"
      busyVerb="Adding…"
      isDisabled={datasets.value === undefined || (dataset === isNew && name.trim() === '')}
      onSubmit={submit}
      onClose={onClose}
    >
      <p>
        {'runs' in from
          ? `${countOf(from.runs.length, 'run')}: inputs become the inputs of a row, outputs its expected answer.`
          : 'The newest finished runs of the filter: inputs become the inputs of a row, outputs its expected answer.'}{' '}
        A corrected answer counts in place of the output, and an answer that people found bad is left out. A row gets
        the strictest label of all values of its run.
      </p>
      <SelectField
        title="Dataset"
        value={dataset}
        choices={[
          ...(datasets.value ?? []).map(({ id, name: title }) => [id, title.slice(0, 80)] as const),
          [isNew, 'New dataset…'],
        ]}
        onChange={setChosen}
      />
      {dataset === isNew ? (
        <TextField title="Name of the dataset" value={name} isRequired maxLength={200} onChange={setName} />
      ) : null}
      {'runs' in from ? null : (
        <NumberField title="Most runs" value={limit} min={1} max={1000} step={1} onChange={setLimit} />
      )}
      <div className={styles['dataset-fields']}>
        <TextField
          title="Split"
          value={split}
          suggestions={['train', 'validation', 'test']}
          maxLength={100}
          onChange={setSplit}
        />
        <TextField title="Tags" help="Separated by commas." value={tags} onChange={setTags} />
      </div>
    </FormDialog>
  );
}

function Added({
  id,
  reply: { added, unchanged, skipped, corrected, withoutAnswer, labels, version },
  onClose,
}: {
  readonly id: string;
  readonly reply: RowsFromRunsReply;
  readonly onClose: () => void;
}): ReactElement {
  const levels = labels.map(({ level, rows }) => `${rows} ${level}`).join(', ');
  return (
    <Dialog title="Add to dataset" onClose={onClose}>
      <div className="dialog-form">
        <div role="status">
          <p>
            {added === 0 ? 'No row is new' : `${countOf(added, 'row')} added as version ${version}`}
            {unchanged === 0 ? '.' : `, ${unchanged} were there already.`}
            {levels === '' ? '' : ` Labels: ${levels}.`}
          </p>
          {corrected === 0 ? null : <p>{countOf(corrected, 'row')} with a corrected answer.</p>}
          {withoutAnswer === 0 ? null : (
            <p>{countOf(withoutAnswer, 'row')} without an expected answer: people found the answer of the run bad.</p>
          )}
          {skipped === 0 ? null : (
            <p>{countOf(skipped, 'run')} gave no row: not finished, without stored values, or not readable by you.</p>
          )}
        </div>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
          <Link href={qualityPath('datasets', id)} className="button button-primary">
            Open the dataset
          </Link>
        </div>
      </div>
    </Dialog>
  );
}
