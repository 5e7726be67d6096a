import type { ExperimentReply } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction, type Action } from '../../data/queries/use-action.js';
import { useGet } from '../../data/queries/use-get.js';
import { useJobs } from '../../data/queries/use-topic.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { formatCost } from '../../ui/format/format-cost.js';
import { navigate, qualityPath } from '../../ui/navigation/route.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { NotOpened } from '../../ui/states/NotOpened.js';
import { Notice } from '../../ui/states/Notice.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { Progress } from '../../ui/states/Progress.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { Calibrations } from '../evaluators/index.js';
import { ExperimentRows, useExperimentRows } from './ExperimentRows.js';
import { ParetoChart } from './ParetoChart.js';
import { ResultTable } from './ResultTable.js';
import { RouteTrainings } from './route/RouteTrainings.js';
import { atProviderText } from '../../ui/format/at-provider-text.js';
import { savedText } from './saved-text.js';
import { SliceTable } from './SliceTable.js';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

/** An experiment with its progress, actions and result. */
export function ExperimentPage({ id, tabs }: { readonly id: string; readonly tabs: ReactElement }): ReactElement {
  const experiment = useGet('/api/experiments/{id}', { params: { path: { id } } });
  const { value, again } = experiment;
  const action = useAction();
  const job = useJobs().find(({ jobId }) => jobId === value?.jobId);
  const state = job === undefined ? undefined : `${job.status} ${JSON.stringify(job.progress)}`;
  useEffect(() => {
    if (state !== undefined) again();
  }, [state, again]);
  if (experiment.error !== undefined && value === undefined)
    return (
      <NotOpened
        error={experiment.error}
        again={again}
        back={{ href: qualityPath('experiments'), name: 'All experiments' }}
      />
    );
  return (
    <PageLayout
      title={<span dir="auto">{value?.name ?? 'Experiment'}</span>}
      actions={value === undefined ? undefined : <Actions experiment={value} action={action} onDone={again} />}
    >
      {tabs}
      {action.error === undefined ? null : <Notice error={action.error} />}
      {value === undefined ? <p className="quiet">Loading…</p> : <Body experiment={value} />}
    </PageLayout>
  );
}

function Body({ experiment }: { readonly experiment: ExperimentReply }): ReactElement {
  const { id, cells, status, reason, dataset, rows, repeats, variants, cost, saved, budget } = experiment;
  const waiting = experiment.atProvider === undefined ? undefined : atProviderText(experiment.atProvider);
  const ended = cells.done + cells.failed + cells.cancelled;
  const all = ended + cells.waiting + cells.running;
  return (
    <>
      <p className="quiet figure">
        {rows} rows of <span dir="auto">{dataset.name}</span>, version {dataset.version} · {variants.length} variants
        {repeats > 1 ? ` · ${repeats} repeats` : ''} · {formatCost(cost.runs + cost.judges)}
        {budget === undefined ? '' : ` of ${formatCost(budget)}`}
        {saved.ms > 0 || saved.cost > 0 ? ` · ${savedText(saved)} by reused results` : ''}
        {cells.failed > 0 ? ` · ${cells.failed} ${cells.failed === 1 ? 'run' : 'runs'} failed` : ''}
      </p>
      {waiting === undefined ? null : <p role="status">{waiting}</p>}
      {reason === undefined ? null : <p role="status">{reason}</p>}
      {status === 'running' || status === 'paused' ? (
        <Progress share={all === 0 ? 0 : ended / all} label={`${ended} of ${all} runs`} />
      ) : null}
      {/* The key changes as runs end, so that the result loads again. */}
      <Result
        key={`${id} ${status} ${status === 'running' ? Math.floor((ended / Math.max(1, all)) * 10) : ended}`}
        experiment={experiment}
      />
    </>
  );
}

function Result({ experiment }: { readonly experiment: ExperimentReply }): ReactElement {
  const { id, variants } = experiment;
  const result = useGet('/api/experiments/{id}/result', { params: { path: { id } } });
  const rows = useExperimentRows(experiment);
  return (
    <WhenLoaded loaded={result} text="Comparing…">
      {({ table, isFinal, calibrations }) => (
        <>
          <section className="section">
            <h2>Result</h2>
            <p>
              {isFinal
                ? summaryOf(experiment, table.winners, table.metrics)
                : 'Differences are tested when all rows have run. A test of half the rows can find a difference that does not exist.'}
            </p>
            <ResultTable table={table} variants={variants} />
            <Calibrations of={calibrations} />
          </section>
          <ParetoChart table={table} variants={variants} />
          <SliceTable table={table} variants={variants} />
          {isFinal ? <ExperimentRows experiment={experiment} found={rows} /> : null}
          <RouteTrainings experiment={experiment} />
        </>
      )}
    </WhenLoaded>
  );
}

/** The summary of a result. It names a winner only if the confidence interval proves it. */
function summaryOf(
  { variants }: ExperimentReply,
  winners: readonly { readonly metric: string; readonly variant: string }[],
  metrics: readonly { readonly name: string; readonly title: string }[],
): string {
  if (variants.length < 2) return 'There is only one variant, so nothing is compared.';
  if (winners.length === 0) return 'No variant is proved better than all others.';
  return winners
    .map(({ metric, variant }) => {
      const title = metrics.find(({ name }) => name === metric)?.title ?? metric;
      return `${title}: ${variants.find(({ id }) => id === variant)?.name ?? variant} wins.`;
    })
    .join(' ');
}

function Actions({
  experiment: { id, status, cells },
  action,
  onDone,
}: {
  readonly experiment: ExperimentReply;
  readonly action: Action;
  readonly onDone: () => void;
}): ReactElement {
  const [isRemoving, setRemoving] = useState(false);
  const params = { path: { id } };
  const act = (name: string, work: () => Promise<unknown>): ReactElement => (
    <button
      type="button"
      className="button"
      disabled={action.isBusy}
      onClick={() => action.run(() => work().then(onDone))}
    >
      {name}
    </button>
  );
  const remove = async (): Promise<void> => {
    await client.DELETE('/api/experiments/{id}', { params });
    navigate(qualityPath('experiments'));
  };
  const isOver = status === 'done' || status === 'cancelled';
  return (
    <IfMay permission="run:control">
      {status === 'running' ? act('Pause', () => client.POST('/api/experiments/{id}/pause', { params })) : null}
      {status === 'paused'
        ? act('Resume', () => client.POST('/api/experiments/{id}/resume', { params, body: {} }))
        : null}
      {isOver ? null : act('Cancel', () => client.POST('/api/experiments/{id}/cancel', { params }))}
      {isOver && cells.failed + cells.cancelled > 0
        ? act('Run failed rows again', () => client.POST('/api/experiments/{id}/again', { params, body: {} }))
        : null}
      <a className="button" href={`/api/experiments/${encodeURIComponent(id)}/export?format=csv`} download>
        Export CSV
      </a>
      {isOver ? <RemoveButton label="Delete" onClick={() => setRemoving(true)} /> : null}
      {isRemoving ? (
        <Confirm
          title="Delete the experiment?"
          verb="Delete experiment"
          onConfirm={remove}
          onClose={() => setRemoving(false)}
        >
          <p>Its scores and its table are deleted. Its runs stay. This cannot be undone.</p>
        </Confirm>
      ) : null}
    </IfMay>
  );
}
