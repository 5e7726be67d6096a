import clsx from 'clsx';
import { LabelLevel, ProviderBatch, type BatchPreview, type BatchReply } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { toApiError, type ApiError } from '../../../data/http/http.js';
import { client } from '../../../data/api/client.js';
import { Notice } from '../../../ui/states/Notice.js';
import { NumberField, SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { providerBatchChoices, providerBatchHelp } from '../../../ui/format/provider-batch-choices.js';
import { useAction } from '../../../data/queries/use-action.js';
import { BatchCheck } from './BatchCheck.js';
import { ColumnFields, type Columns } from './ColumnFields.js';
import { levelChoices } from '../webhooks/webhook-text.js';
import batchesStyles from './batches.module.css';
import triggersStyles from '../triggers.module.css';

interface BatchSettings {
  readonly name: string;
  readonly columns?: Columns | undefined;
  readonly concurrency?: number | undefined;
  readonly budget?: number | undefined;
  readonly clearance?: LabelLevel;
  readonly providerBatch?: ProviderBatch | undefined;
}

function batchForm(file: File, { columns, ...settings }: BatchSettings): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(settings)) if (value !== undefined) form.set(name, String(value));
  if (columns !== undefined) form.set('columns', JSON.stringify(columns));
  form.set('file', file, file.name);
  return form;
}

/** Starts a batch from a file. It assigns columns to inputs and previews the first and the invalid rows. */
export function NewBatch({
  workflow,
  file,
  onBegun,
  onClose,
}: {
  readonly workflow: string;
  readonly file: File;
  readonly onBegun: (batch: BatchReply) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [name, setName] = useState(file.name.slice(0, 100));
  const [columns, setColumns] = useState<Columns>();
  const [concurrency, setConcurrency] = useState<number | undefined>(4);
  const [budget, setBudget] = useState<number>();
  const [clearance, setClearance] = useState<LabelLevel>('internal');
  const [providerBatch, setProviderBatch] = useState<ProviderBatch>('off');
  const { preview, error } = usePreview(workflow, file, columns);
  const begin = useAction();
  const settings: BatchSettings = {
    name: name.trim() === '' ? file.name.slice(0, 100) : name.trim(),
    columns: columns ?? preview?.columns ?? {},
    clearance,
    concurrency,
    budget,
    providerBatch: providerBatch === 'off' ? undefined : providerBatch,
  };
  const submit = (): void =>
    begin.run(async () =>
      onBegun(
        await client.POST('/api/workflows/{id}/batches', {
          params: { path: { id: workflow } },
          body: batchForm(file, settings),
        }),
      ),
    );
  const isReady = preview !== undefined && preview.bad === 0 && preview.rows > 0;
  return (
    <form
      className={clsx(triggersStyles['new-batch'], 'boxed-surface stack')}
      aria-label={`New batch of ${file.name}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <header className={clsx(triggersStyles['trigger-head'], 'aligned-wrapped')}>
        <h3>{file.name}</h3>
        <span className={triggersStyles['trigger-actions']}>
          <button type="button" className="button button-small" onClick={onClose}>
            Choose another file
          </button>
        </span>
      </header>
      {error === undefined ? null : <Notice error={error} />}
      {preview === undefined ? (
        error === undefined ? (
          <p className="quiet" role="status">
            Reading rows…
          </p>
        ) : null
      ) : (
        <>
          <ColumnFields preview={preview} columns={columns ?? preview.columns} onChange={setColumns} />
          <BatchCheck preview={preview} clearance={clearance} />
          <div className={batchesStyles['new-batch-settings']}>
            <TextField title="Name" value={name} onChange={setName} />
            <NumberField title="Concurrent runs" value={concurrency} step={1} onChange={setConcurrency} />
            <NumberField
              title="Budget, in $"
              value={budget}
              placeholder="No limit"
              help="The batch pauses when its runs have cost this much."
              onChange={setBudget}
            />
            <SelectField
              title="Model calls"
              value={providerBatch}
              choices={providerBatchChoices}
              help={providerBatchHelp}
              onChange={(chosen) => setProviderBatch(ProviderBatch.parse(chosen))}
            />
            <SelectField
              title="Clearance of the download"
              value={clearance}
              choices={levelChoices.map(([level, text]) => [level, text] as const)}
              onChange={(level) => setClearance(LabelLevel.parse(level))}
            />
          </div>
          {begin.error === undefined ? null : <Notice error={begin.error} />}
          <div className="dialog-actions">
            <button type="submit" className="button button-primary" disabled={!isReady || begin.isBusy}>
              {isReady ? `Run ${preview.rows.toLocaleString('en')} ${preview.rows === 1 ? 'row' : 'rows'}` : 'Run'}
            </button>
          </div>
        </>
      )}
    </form>
  );
}

interface Preview {
  readonly preview: BatchPreview | undefined;
  readonly error: ApiError | undefined;
}

/** The server's preview of the file with these columns. The earlier preview stays until the new one is loaded. */
function usePreview(workflow: string, file: File, columns: Columns | undefined): Preview {
  const [state, setState] = useState<Preview>({ preview: undefined, error: undefined });
  useEffect(() => {
    const controller = new AbortController();
    const params = { path: { id: workflow } };
    const body = batchForm(file, { name: 'x', columns });
    client.POST('/api/workflows/{id}/batches/preview', { params, body, signal: controller.signal }).then(
      (preview) => setState({ preview, error: undefined }),
      (thrown: unknown) => {
        if (!controller.signal.aborted) setState({ preview: undefined, error: toApiError(thrown) });
      },
    );
    return () => controller.abort();
  }, [workflow, file, columns]);
  return state;
}
