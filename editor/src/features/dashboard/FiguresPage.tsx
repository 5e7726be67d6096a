import type { DashboardReply } from '@heddle/core';
import { ChartLine } from 'lucide-react';
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { serverNow } from '../../data/http/server-clock.js';
import { useAction } from '../../data/queries/use-action.js';
import { useReloadInterval } from '../../data/queries/use-reload-interval.js';
import { useGet } from '../../data/queries/use-get.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { saveFile } from '../../ui/buttons/save-file.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { Link } from '../../ui/navigation/Link.js';
import { navigate, templatesPath, useAddress } from '../../ui/navigation/route.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Notice } from '../../ui/states/Notice.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { chartsOf } from './charts.js';
import {
  dashboardPath,
  filterNames,
  isFiltered,
  queryOf,
  readFilter,
  runsBehind,
  type DashboardFilter,
} from './dashboard-filter.js';
import { DashboardFacts } from './DashboardFacts.js';
import { DashboardFilters } from './DashboardFilters.js';
import { ErrorGroups } from './ErrorGroups.js';
import { groupings } from './groupings.js';
import { GroupTable } from './GroupTable.js';
import { scoreCharts } from './score-charts.js';
import { TimeChart } from './TimeChart.js';
import styles from './dashboard.module.css';

/** How often the figures are read again while the page is visible. */
const everyMs = 15_000;
/** How far figures may lag behind before the page says so. */
const lateMs = 15_000;

/** Figures of runs over time. The filters are part of the address. */
export function FiguresPage({ tabs }: { readonly tabs: ReactElement }): ReactElement {
  const workflows = useWorkflows();
  const address = useAddress().split('?')[1] ?? '';
  const filter = useMemo(() => readFilter(address), [address]);
  const [now, setNow] = useState(serverNow);
  useReloadInterval(
    useCallback(() => setNow(serverNow()), []),
    everyMs,
  );
  const query = useMemo(() => queryOf(filter, now), [filter, now]);
  const loaded = useGet('/api/dashboard', { params: { query } });
  const show = useCallback(
    (change: Partial<DashboardFilter>): void => navigate(dashboardPath({ ...filter, ...change })),
    [filter],
  );
  const reply = loaded.value;
  const isEmpty = reply?.totals.runs === 0 && reply.totals.calls === 0 && reply.before.runs === 0;
  return (
    <PageLayout
      title="Dashboard"
      actions={
        <Link href={runsBehind(filter)} className="text-link">
          Runs
        </Link>
      }
    >
      {tabs}
      <DashboardFilters filter={filter} workflows={workflows.choices} groups={reply?.groups} onChange={show} />
      <WhenLoaded loaded={loaded} text="Adding up…">
        {(figures) =>
          isEmpty && !isFiltered(filter) && filter.time === undefined ? (
            <Nothing waiting={figures.waiting} />
          ) : (
            <Figures reply={figures} filter={filter} query={query} nameOf={workflows.nameOf} show={show} />
          )
        }
      </WhenLoaded>
    </PageLayout>
  );
}

function Nothing({ waiting }: { readonly waiting: number }): ReactElement {
  return (
    <div className="section-empty quiet">
      <EmptyState
        Icon={ChartLine}
        action={
          <Link href="/" className="button">
            Open a workflow
          </Link>
        }
        example={
          <Link href={templatesPath()} className="text-link">
            Try a template
          </Link>
        }
      >
        {waiting > 0
          ? 'The runs from before the upgrade are still being counted. They appear here in a while.'
          : 'No figures yet. Runs, failures and their causes, durations, tokens, money and ratings appear here some seconds after a run ends.'}
      </EmptyState>
    </div>
  );
}

function Figures({
  reply,
  filter,
  query,
  nameOf,
  show,
}: {
  readonly reply: DashboardReply;
  readonly filter: DashboardFilter;
  readonly query: ReturnType<typeof queryOf>;
  readonly nameOf: (workflow: string) => string;
  readonly show: (change: Partial<DashboardFilter>) => void;
}): ReactElement {
  const charts = useMemo(() => chartsOf(reply.series), [reply.series]);
  const scores = useMemo(
    () =>
      scoreCharts(
        reply.scores,
        reply.series.map(({ time }) => time),
      ),
    [reply.scores, reply.series],
  );
  const chooseTime = useCallback(
    (from: number, to: number): void => {
      const { step } = reply;
      const begin = Math.floor(from / step) * step;
      show({ time: { from: begin, to: Math.max(begin + step, Math.ceil(to / step) * step) } });
    },
    [reply, show],
  );
  return (
    <>
      {reply.behindMs > lateMs ? (
        <p className="quiet">The newest {Math.round(reply.behindMs / 1_000)} seconds are not counted yet.</p>
      ) : null}
      {reply.waiting === 0 ? null : <p className="quiet">Runs from before the upgrade are still being counted.</p>}
      <DashboardFacts totals={reply.totals} before={reply.before} />
      <div className={styles['time-charts']}>
        {charts.map((chart) => (
          <TimeChart key={chart.title} chart={chart} onTime={chooseTime} />
        ))}
      </div>
      {scores.length === 0 ? null : (
        <section className="section" aria-labelledby="scores">
          <h2 id="scores">Scores</h2>
          <div className={styles['time-charts']}>
            {scores.map((chart) => (
              <TimeChart key={chart.title} chart={chart} onTime={chooseTime} />
            ))}
          </div>
          <Link href="/quality/monitors" className="text-link">
            Monitors
          </Link>
        </section>
      )}
      <section className="section" aria-labelledby="causes">
        <h2 id="causes">Causes of failures</h2>
        <ErrorGroups errors={reply.errors} nameOf={nameOf} />
        {reply.totals.failed === 0 ? null : (
          <Link href={runsBehind(filter, 'failed')} className="text-link">
            All failed runs
          </Link>
        )}
      </section>
      <Groups reply={reply} filter={filter} query={query} />
    </>
  );
}

function Groups({
  reply: { groups },
  filter,
  query,
}: {
  readonly reply: DashboardReply;
  readonly filter: DashboardFilter;
  readonly query: ReturnType<typeof queryOf>;
}): ReactElement {
  const [id, setId] = useState(groupings[0]?.id);
  const save = useAction();
  const shown = groupings.filter((grouping) => (groups[grouping.id]?.length ?? 0) > 0);
  const by = shown.find((grouping) => grouping.id === id) ?? shown[0];
  if (by === undefined) return <></>;
  const hrefOf = (name: string): string | undefined => {
    if (by.id === 'version') {
      const [workflow = '', version = ''] = name.split(' ');
      return dashboardPath({ ...filter, workflow, version });
    }
    const field = filterNames.find((each) => each === by.id);
    return field === undefined ? undefined : dashboardPath({ ...filter, [field]: name });
  };
  return (
    <section className="section" aria-label="Groups">
      <SegmentedControl
        label="Group by"
        choices={shown.map((grouping) => [grouping.id, grouping.title] as const)}
        value={by.id}
        className="spend-by"
        onChange={setId}
      />
      {save.error === undefined ? null : <Notice error={save.error} />}
      <GroupTable
        by={by}
        groups={groups[by.id] ?? []}
        hrefOf={hrefOf}
        onSave={() => {
          save.run(async () => {
            const text = await client.GET('/api/dashboard/export', {
              params: { query: { ...query, table: by.id } },
              parseAs: 'text',
            });
            saveFile(`dashboard-${by.id}.csv`, typeof text === 'string' ? text : '', 'text/csv');
          });
        }}
      />
    </section>
  );
}
