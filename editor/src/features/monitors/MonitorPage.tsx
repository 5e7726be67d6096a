import { referenceRuns, type MonitorReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction, type Action } from '../../data/queries/use-action.js';
import { useReloadInterval } from '../../data/queries/use-reload-interval.js';
import { useGet } from '../../data/queries/use-get.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { useNow } from '../../ui/format/use-now.js';
import { navigate, qualityPath } from '../../ui/navigation/route.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { NotOpened } from '../../ui/states/NotOpened.js';
import { Notice } from '../../ui/states/Notice.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { Calibrations } from '../evaluators/index.js';
import { DriftList } from './DriftList.js';
import { MonitorDialog } from './MonitorDialog.js';
import { budgetText, countsText, sampleText, stateText } from './monitor-text.js';
import { ScoreTable } from './ScoreTable.js';

const everyMs = 15_000;

/** A monitor with its judged runs, scores by version, drift and actions. */
export function MonitorPage({ id, tabs }: { readonly id: string; readonly tabs: ReactElement }): ReactElement {
  const monitor = useGet('/api/monitors/{id}', { params: { path: { id } } });
  const { value, again } = monitor;
  useReloadInterval(again, everyMs);
  const action = useAction();
  if (monitor.error !== undefined && value === undefined)
    return (
      <NotOpened error={monitor.error} again={again} back={{ href: qualityPath('monitors'), name: 'All monitors' }} />
    );
  return (
    <PageLayout
      title={<span dir="auto">{value?.name ?? 'Monitor'}</span>}
      actions={value === undefined ? undefined : <Actions monitor={value} action={action} onDone={again} />}
    >
      {tabs}
      {action.error === undefined ? null : <Notice error={action.error} />}
      {value === undefined ? <p className="quiet">Loading…</p> : <Body monitor={value} action={action} />}
    </PageLayout>
  );
}

function Body({ monitor, action }: { readonly monitor: MonitorReply; readonly action: Action }): ReactElement {
  const { id, workflow, reason, lastError, metrics, calibrations, watchesDrift } = monitor;
  const workflows = useWorkflows();
  const now = useNow(false);
  const series = useGet('/api/monitors/{id}/series', { params: { path: { id } } });
  useReloadInterval(series.again, everyMs);
  return (
    <>
      <div className="stack gap-4">
        <p className="quiet figure">
          {stateText(monitor)} · <span dir="auto">{workflows.nameOf(workflow)}</span> · {sampleText(monitor)}
        </p>
        <p className="figure">{countsText(monitor)}</p>
        <p className="quiet figure">{budgetText(monitor)}</p>
        {reason === undefined ? null : <p role="status">{reason}</p>}
        {lastError === undefined ? null : (
          <p className="failed-text">
            The last evaluator that failed, {formatAgo(lastError.at, now)}: {lastError.code}
          </p>
        )}
      </div>
      <section className="section" aria-labelledby="monitor-scores">
        <h2 id="monitor-scores">Scores</h2>
        <WhenLoaded loaded={series} text="Adding up…">
          {(reply) =>
            reply.series.length === 0 ? (
              <p className="quiet">
                {metrics.length === 0 ? 'It has no evaluators: it watches drift alone.' : 'No run has been judged yet.'}
              </p>
            ) : (
              <ScoreTable reply={reply} metrics={metrics} />
            )
          }
        </WhenLoaded>
        <Calibrations of={calibrations} />
      </section>
      {watchesDrift ? <Drift id={id} action={action} /> : null}
    </>
  );
}

function Drift({ id, action }: { readonly id: string; readonly action: Action }): ReactElement {
  const drift = useGet('/api/monitors/{id}/drift', { params: { path: { id } } });
  useReloadInterval(drift.again, everyMs);
  const [isAsking, setAsking] = useState(false);
  const renew = async (): Promise<void> => {
    await client.POST('/api/monitors/{id}/reference', { params: { path: { id } } });
    setAsking(false);
    drift.again();
  };
  return (
    <section className="section" aria-labelledby="monitor-drift">
      <h2 id="monitor-drift">Drift</h2>
      <WhenLoaded loaded={drift} text="Loading…">
        {(state) => <DriftList drift={state} runs={referenceRuns} />}
      </WhenLoaded>
      <IfMay permission="workflow:publish">
        <div>
          <button
            type="button"
            className="button button-small"
            disabled={action.isBusy}
            onClick={() => setAsking(true)}
          >
            Renew reference
          </button>
        </div>
      </IfMay>
      {isAsking ? (
        <Confirm title="Renew the reference?" verb="Renew" onClose={() => setAsking(false)} onConfirm={renew}>
          <p>Later runs are compared with the newest runs from now on. What differs now then counts as usual.</p>
        </Confirm>
      ) : null}
    </section>
  );
}

function Actions({
  monitor,
  action,
  onDone,
}: {
  readonly monitor: MonitorReply;
  readonly action: Action;
  readonly onDone: () => void;
}): ReactElement {
  const { id, name, state } = monitor;
  const workflows = useWorkflows();
  const [asked, setAsked] = useState<'edit' | 'remove'>();
  const params = { path: { id } };
  const toggle = (): void =>
    action.run(async () => {
      if (state === 'running') await client.POST('/api/monitors/{id}/pause', { params });
      else await client.POST('/api/monitors/{id}/resume', { params });
      onDone();
    });
  return (
    <IfMay permission="workflow:publish">
      <button type="button" className="button" disabled={action.isBusy} onClick={toggle}>
        {state === 'running' ? 'Pause' : 'Resume'}
      </button>
      <button type="button" className="button" onClick={() => setAsked('edit')}>
        Edit
      </button>
      <button type="button" className="button" onClick={() => setAsked('remove')}>
        Delete
      </button>
      {asked === 'edit' ? (
        <MonitorDialog
          monitor={monitor}
          workflows={workflows.choices}
          onClose={() => {
            setAsked(undefined);
            onDone();
          }}
        />
      ) : null}
      {asked === 'remove' ? (
        <Confirm
          title={`Delete ${name}?`}
          verb="Delete monitor"
          onClose={() => setAsked(undefined)}
          onConfirm={async () => {
            await client.DELETE('/api/monitors/{id}', { params });
            navigate(qualityPath('monitors'));
          }}
        >
          <p>Runs are no longer judged. The scores that were given stay with their runs.</p>
        </Confirm>
      ) : null}
    </IfMay>
  );
}
