import { configOf, ScheduleConfig, type PortDescription, type ScheduleReply } from '@heddle/core';
import { CalendarClock } from 'lucide-react';
import { useCallback, useState, type ReactElement } from 'react';
import { useMay } from '../../../data/access/me-store.js';
import { client } from '../../../data/api/client.js';
import { formatAgo } from '../../../ui/format/format-time.js';
import { RowButton } from '../../../ui/buttons/RowButton.js';
import { useNow } from '../../../ui/format/use-now.js';
import { Confirm } from '../../../ui/dialogs/Confirm.js';
import { Link } from '../../../ui/navigation/Link.js';
import { runPath } from '../../../ui/navigation/route.js';
import { useAction } from '../../../data/queries/use-action.js';
import { ArrivalTable } from '../ArrivalTable.js';
import { Disclosure } from '../Disclosure.js';
import { ChannelList } from '../ChannelList.js';
import { ScheduleDialog } from './ScheduleDialog.js';
import { ScheduleReading } from './ScheduleReading.js';
import { catchUpText, timeIn } from './schedule-text.js';
import { Templates } from '../Templates.js';
import { TriggerCard, TriggerFacts, TriggerProblems } from '../TriggerCard.js';
import { useLoadedAnew } from '../../../data/queries/use-loaded-anew.js';
import type { TriggerNews } from '../use-trigger-states.js';
import { offerUndo } from '../../../ui/states/undo-store.js';
import styles from '../triggers.module.css';

/** The schedules of a workflow. */
export function SchedulesSection({
  workflow,
  ports,
  news,
}: {
  readonly workflow: string;
  readonly ports: readonly PortDescription[];
  readonly news: TriggerNews;
}): ReactElement {
  const mayChange = useMay('workflow:publish');
  const mayRun = useMay('run:published');
  const changes = [...news.channels.values()].reduce((sum, count) => sum + count, 0);
  const load = useCallback(
    (signal: AbortSignal) =>
      client
        .GET('/api/workflows/{id}/schedules', { params: { path: { id: workflow } }, signal })
        .then(({ schedules }) => schedules),
    [workflow],
  );
  const schedules = useLoadedAnew(load, changes);
  const [edited, setEdited] = useState<ScheduleReply | 'new'>();
  const [deleted, setDeleted] = useState<ScheduleReply>();
  const [began, setBegan] = useState<{ readonly schedule: string; readonly runId: string }>();
  const action = useAction();
  const now = useNow(false);
  const pause = (schedule: ScheduleReply): void =>
    action.run(async () => {
      const config = { ...configOf(ScheduleConfig, schedule), isPaused: !schedule.isPaused };
      await client.PUT('/api/workflows/{id}/schedules/{schedule}', {
        params: { path: { id: workflow, schedule: schedule.id } },
        body: config,
      });
      schedules.again();
    });
  const runNow = ({ id }: ScheduleReply): void =>
    action.run(async () =>
      setBegan({
        schedule: id,
        runId: (
          await client.POST('/api/workflows/{id}/schedules/{schedule}/run', {
            params: { path: { id: workflow, schedule: id } },
          })
        ).runId,
      }),
    );
  return (
    <>
      <ChannelList
        title="Schedules"
        lead="The live version runs at these times. Each time starts at most one run, also across restarts."
        Icon={CalendarClock}
        empty="No schedules yet. Create one for repeated work, such as a report every morning: choose the time, the time zone and the inputs."
        add="New schedule"
        channels={schedules}
        mayAdd={mayChange}
        error={action.error}
        onAdd={() => setEdited('new')}
      >
        {(one) => (
          <TriggerCard
            key={one.id}
            name={one.name}
            state={stateOf(one)}
            tone={toneOf(one)}
            actions={
              <>
                {mayRun ? (
                  <RowButton title="Run now" what={one.name} isOff={action.isBusy} run={() => runNow(one)} />
                ) : null}
                {mayChange ? (
                  <>
                    <RowButton title="Edit" what={one.name} run={() => setEdited(one)} />
                    <RowButton title={one.isPaused ? 'Resume' : 'Pause'} what={one.name} run={() => pause(one)} />
                    <RowButton title="Delete" what={one.name} isDanger run={() => setDeleted(one)} />
                  </>
                ) : null}
              </>
            }
          >
            <ScheduleReading reading={one} timeZone={one.timeZone} />
            <p role="status">
              {began?.schedule === one.id ? (
                <>
                  A run started.{' '}
                  <Link href={runPath(began.runId)} className="text-link">
                    Open run
                  </Link>
                </>
              ) : null}
            </p>
            <TriggerProblems problems={one.problems} />
            {one.lastError === undefined ? null : (
              <p className={styles['trigger-error']}>The last time failed: {one.lastError}</p>
            )}
            <TriggerFacts
              facts={[
                ['Cron', <code key="cron">{one.cron}</code>],
                ['Inputs', <Templates key="inputs" inputs={one.inputs} />],
                ['Missed times', catchUpText[one.catchUp]],
                one.lastAt === undefined ? undefined : ['Last', <span key="last">{formatAgo(one.lastAt, now)}</span>],
              ]}
            />
            <Disclosure title="History" what={one.name}>
              {() => <History workflow={workflow} schedule={one} news={news.channels.get(one.id) ?? 0} />}
            </Disclosure>
          </TriggerCard>
        )}
      </ChannelList>
      {edited === undefined ? null : (
        <ScheduleDialog
          workflow={workflow}
          schedule={edited === 'new' ? undefined : edited}
          ports={ports}
          onSaved={schedules.again}
          onClose={() => setEdited(undefined)}
        />
      )}
      {deleted === undefined ? null : (
        <Confirm
          title={`Delete ${deleted.name}?`}
          verb="Delete schedule"
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            const params = { path: { id: workflow, schedule: deleted.id } };
            await client.DELETE('/api/workflows/{id}/schedules/{schedule}', {
              params: { ...params, query: { undo: 'true' } },
            });
            schedules.again();
            setDeleted(undefined);
            offerUndo({
              what: `the schedule “${deleted.name}”`,
              restore: () => client.POST('/api/workflows/{id}/schedules/{schedule}/restore', { params }),
              onRestored: schedules.again,
            });
          }}
        >
          <p>It starts no more runs, and its history is deleted. Runs that it started stay.</p>
        </Confirm>
      )}
    </>
  );
}

function toneOf({ isPaused, lastError, problems }: ScheduleReply): 'on' | 'resting' | 'bad' {
  if (isPaused) return 'resting';
  return lastError === undefined && problems.length === 0 ? 'on' : 'bad';
}

function stateOf({ isPaused, next, timeZone, problems }: ScheduleReply): string {
  if (isPaused) return 'Paused';
  if (problems.length > 0) return 'Starts no runs';
  return next[0] === undefined ? 'Never runs' : `Next ${timeIn(next[0], timeZone, next)}`;
}

function History({
  workflow,
  schedule: { id, name, timeZone },
  news,
}: {
  readonly workflow: string;
  readonly schedule: ScheduleReply;
  readonly news: number;
}): ReactElement {
  const load = useCallback(
    (signal: AbortSignal) =>
      client
        .GET('/api/workflows/{id}/schedules/{schedule}/history', {
          params: { path: { id: workflow, schedule: id } },
          signal,
        })
        .then(({ arrivals }) => arrivals),
    [workflow, id],
  );
  const arrivals = useLoadedAnew(load, news);
  return (
    <ArrivalTable
      arrivals={arrivals}
      title={`History of ${name}`}
      empty="No runs yet."
      what={{
        head: 'Scheduled time',
        text: (key) => (key === 'now' ? 'Started manually' : timeIn(Number(key), timeZone)),
      }}
    />
  );
}
