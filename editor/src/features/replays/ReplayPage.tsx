import type { ReplayReply } from '@heddle/core';
import { useEffect, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { useGet } from '../../data/queries/use-get.js';
import { differenceText, intervalText, verdictText } from '../../ui/format/figure-text.js';
import { qualityPath } from '../../ui/navigation/route.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { Notice } from '../../ui/states/Notice.js';
import { NotOpened } from '../../ui/states/NotOpened.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { Fact } from '../../ui/tables/Fact.js';
import { Table } from '../../ui/tables/Table.js';
import { countsText } from './counts-text.js';
import { ReplayRows } from './ReplayRows.js';

const everyMs = 1_000;

/** A replay: whether the draft passes, the effects, the comparison, and the rows. */
export function ReplayPage({ id, tabs }: { readonly id: string; readonly tabs: ReactElement }): ReactElement {
  const replay = useGet('/api/replays/{id}', { params: { path: { id } } });
  const { value, again } = replay;
  const isRunning = value?.state === 'running';
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(again, everyMs);
    return () => clearInterval(timer);
  }, [isRunning, again]);
  if (replay.error !== undefined && value === undefined)
    return (
      <NotOpened error={replay.error} again={again} back={{ href: qualityPath('replays'), name: 'All replays' }} />
    );
  return (
    <PageLayout
      title={<span dir="auto">{value === undefined ? 'Replay' : `Replay of ${value.workflowName}`}</span>}
      actions={value === undefined || !isRunning ? undefined : <CancelReplay id={id} onCancelled={again} />}
    >
      {tabs}
      {value === undefined ? <p className="quiet">Loading…</p> : <Result replay={value} />}
    </PageLayout>
  );
}

function CancelReplay({ id, onCancelled }: { readonly id: string; readonly onCancelled: () => void }): ReactElement {
  const action = useAction();
  const cancel = async (): Promise<void> => {
    await client.POST('/api/replays/{id}/cancel', { params: { path: { id } } });
    onCancelled();
  };
  return (
    <IfMay permission="run:draft">
      <button type="button" className="button" disabled={action.isBusy} onClick={() => action.run(cancel)}>
        Cancel replay
      </button>
      {action.error === undefined ? null : <Notice error={action.error} />}
    </IfMay>
  );
}

function Result({ replay }: { readonly replay: ReplayReply }): ReactElement {
  const { id, rows, effects, problems, table, state } = replay;
  const done = rows.total - rows.waiting - rows.running;
  return (
    <>
      <p role="status">{state === 'running' ? `${done} of ${rows.total} runs are replayed.` : countsText(rows)}</p>
      {problems === undefined ? null : (
        <ul aria-label="Verdict">
          {problems.length === 0 ? (
            <li>
              The draft passes: every run that was done before is done again, and nothing new would be called.
              {rows.changed === 0
                ? ''
                : ' Whether the changed answers are better, only people or an experiment can say.'}
            </li>
          ) : (
            problems.map((problem) => <li key={problem}>{problem}</li>)
          )}
        </ul>
      )}
      <dl className="facts">
        <Fact name="Effects sent">{effects.sent}</Fact>
        <Fact name="Served from the record">{effects.served}</Fact>
        <Fact name="Held back">{effects.heldBack}</Fact>
        <Fact name="Stubbed">{effects.stubbed}</Fact>
        <Fact name="Would call">{effects.wouldCall}</Fact>
        <Fact name="Reused results">{effects.reused}</Fact>
        <Fact name="Model calls">{effects.modelCalls}</Fact>
      </dl>
      {table === undefined ? null : <Comparison replay={replay} />}
      <ReplayRows id={id} news={done} />
    </>
  );
}

function Comparison({ replay: { table } }: { readonly replay: ReplayReply }): ReactElement {
  const metrics = new Map((table?.metrics ?? []).map((metric) => [metric.name, metric]));
  return (
    <Table
      name="Draft against recorded"
      columns={['Measure', { number: 'Difference' }, { number: '95 % interval' }, { number: 'Runs' }, 'Verdict']}
    >
      {(table?.comparisons ?? []).map(({ metric: name, difference, interval, rows, verdict }) => {
        const metric = metrics.get(name);
        if (metric === undefined || rows === 0) return null;
        const { title, unit } = metric;
        return (
          <tr key={name}>
            <th scope="row">{title}</th>
            <td className="number figure">{differenceText(difference, unit)}</td>
            <td className="number figure">{interval === undefined ? '–' : intervalText(interval, unit)}</td>
            <td className="number figure">{rows}</td>
            <td data-verdict={verdict}>{verdictText[verdict]}</td>
          </tr>
        );
      })}
    </Table>
  );
}
