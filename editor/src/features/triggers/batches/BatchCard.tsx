import type { BatchReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../../data/access/me-store.js';
import { addressOf } from '@heddle/core/api-client';
import { client } from '../../../data/api/client.js';
import { atProviderText } from '../../../ui/format/at-provider-text.js';
import { formatAgo } from '../../../ui/format/format-time.js';
import { Notice } from '../../../ui/states/Notice.js';
import { RowButton } from '../../../ui/buttons/RowButton.js';
import { useNow } from '../../../ui/format/use-now.js';
import { Confirm } from '../../../ui/dialogs/Confirm.js';
import { useAction } from '../../../data/queries/use-action.js';
import { countsText, formatSums, shares, stateText, totalOf } from './batch-text.js';
import { BatchRows } from './BatchRows.js';
import { Disclosure } from '../Disclosure.js';
import { MoreMoney } from './MoreMoney.js';
import { TriggerCard, TriggerFacts } from '../TriggerCard.js';
import batchesStyles from './batches.module.css';
import triggersStyles from '../triggers.module.css';

type BatchAction = 'pause' | 'resume' | 'cancel' | 'retry';

/** A batch with its progress and actions. */
export function BatchCard({
  workflow,
  batch,
  onRemoved,
  onChanged,
}: {
  readonly workflow: string;
  readonly batch: BatchReply;
  readonly onRemoved: () => void;
  readonly onChanged: () => void;
}): ReactElement {
  const mayControl = useMay('run:control');
  const [asked, setAsked] = useState<'cancel' | 'delete' | 'money'>();
  const action = useAction();
  const now = useNow(false);
  const { id, name, status, rows } = batch;
  const changeNow = async (what: BatchAction, budget?: number): Promise<void> => {
    const params = { path: { id: workflow, batch: id } };
    if (what === 'resume' || what === 'retry')
      await client.POST(`/api/workflows/{id}/batches/{batch}/${what}`, { params, body: { budget } });
    else await client.POST(`/api/workflows/{id}/batches/{batch}/${what}`, { params });
    setAsked(undefined);
    onChanged();
  };
  const change = (what: BatchAction): void => action.run(() => changeNow(what));
  const isSpent = batch.budget !== undefined && batch.cost >= batch.budget;
  const begin = (what: 'resume' | 'retry'): void => (isSpent ? setAsked('money') : change(what));
  const waiting = batch.atProvider === undefined ? undefined : atProviderText(batch.atProvider);
  const hasBad = rows.failed + rows.cancelled > 0;
  return (
    <TriggerCard
      name={name}
      state={stateText(batch)}
      tone={toneOf(batch)}
      actions={
        mayControl ? (
          <>
            {status === 'running' ? <RowButton title="Pause" what={name} run={() => change('pause')} /> : null}
            {status === 'paused' ? <RowButton title="Resume" what={name} run={() => begin('resume')} /> : null}
            {status === 'running' || status === 'paused' ? (
              <RowButton title="Cancel" what={name} isDanger run={() => setAsked('cancel')} />
            ) : null}
            {hasBad && status !== 'running' ? (
              <RowButton title="Rerun failed rows" what={`of ${name}`} run={() => begin('retry')} />
            ) : null}
            {status !== 'running' && rows.running === 0 ? (
              <RowButton title="Delete" what={name} isDanger run={() => setAsked('delete')} />
            ) : null}
          </>
        ) : null
      }
    >
      <Bar batch={batch} />
      {waiting === undefined ? null : <p className="quiet">{waiting}</p>}
      {batch.reason === undefined ? null : <p className={triggersStyles['trigger-error']}>{batch.reason}</p>}
      {asked !== undefined || action.error === undefined ? null : <Notice error={action.error} />}
      <TriggerFacts
        facts={[
          ['Started', formatAgo(batch.createdAt, now)],
          ['Version', String(batch.version)],
          ['Concurrency', `${batch.concurrency} ${batch.concurrency === 1 ? 'run' : 'runs'}`],
          moneyOf(batch),
          ['Download', <Downloads key="download" workflow={workflow} batch={batch} />],
        ]}
      />
      <Disclosure title="Rows" what={name}>
        {() => <BatchRows workflow={workflow} batch={batch} />}
      </Disclosure>
      {asked === 'cancel' ? (
        <Confirm
          title={`Cancel ${name}?`}
          verb="Cancel batch"
          onClose={() => setAsked(undefined)}
          onConfirm={() => changeNow('cancel')}
        >
          <p>No further rows start, and running ones are cancelled. You can run cancelled rows again.</p>
        </Confirm>
      ) : null}
      {asked === 'delete' ? (
        <Confirm
          title={`Delete ${name}?`}
          verb="Delete batch"
          onClose={() => setAsked(undefined)}
          onConfirm={async () => {
            await client.DELETE('/api/workflows/{id}/batches/{batch}', {
              params: { path: { id: workflow, batch: id } },
            });
            setAsked(undefined);
            onRemoved();
          }}
        >
          <p>Its rows and the download are deleted. Its runs stay. This cannot be undone.</p>
        </Confirm>
      ) : null}
      {asked === 'money' ? (
        <MoreMoney
          batch={batch}
          action={action}
          onGive={(budget) => changeNow(status === 'paused' ? 'resume' : 'retry', budget)}
          onClose={() => setAsked(undefined)}
        />
      ) : null}
    </TriggerCard>
  );
}

function toneOf({ status, rows, reason }: BatchReply): 'on' | 'done' | 'resting' | 'bad' {
  if (status === 'running') return 'on';
  if (rows.failed > 0 || reason !== undefined) return 'bad';
  return status === 'done' ? 'done' : 'resting';
}

function moneyOf(batch: BatchReply): readonly [string, string] | undefined {
  const text = formatSums(batch);
  return text === undefined ? undefined : ['Cost', text];
}

function Bar({ batch: { rows, name } }: { readonly batch: BatchReply }): ReactElement {
  const total = totalOf(rows);
  const over = rows.done + rows.failed + rows.cancelled;
  return (
    <div className="grid gap-4">
      <div
        className={batchesStyles['batch-bar']}
        role="progressbar"
        aria-label={`Progress of ${name}`}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={over}
        aria-valuetext={countsText(rows)}
      >
        {shares(rows).map(({ status, share }) => (
          <span key={status} data-status={status} style={{ width: `${share * 100}%` }} />
        ))}
      </div>
      <p className="figure">{countsText(rows)}</p>
    </div>
  );
}

function Downloads({
  workflow,
  batch: { id, name, clearance },
}: {
  readonly workflow: string;
  readonly batch: BatchReply;
}): ReactElement {
  return (
    <>
      {(['csv', 'jsonl'] as const).map((format) => (
        <a
          key={format}
          className="text-link"
          href={addressOf('/api/workflows/{id}/batches/{batch}/results', {
            path: { id: workflow, batch: id },
            query: { format },
          })}
          download
        >
          {format.toUpperCase()}
          <span className="visually-hidden"> of {name}</span>
        </a>
      ))}
      <span className="quiet">{clearance} at most</span>
    </>
  );
}
