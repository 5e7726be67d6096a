/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { RunStatus, RunSummary } from '@heddle/core';
import { act, type ReactElement } from 'react';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { RunRow } from './RunRow.js';
import { useStandstills, type Standstills } from './use-standstills.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const missing = {
  code: 'capability_missing',
  message: 'No process has the model x. Pull it.',
  retryable: true,
} as const;

let page: FakePage;
let asked: string[];
let waiting: Standstills;
beforeEach(() => {
  jest.useFakeTimers();
  asked = [];
  waiting = {};
  page = openFakePage((_method, path) => {
    asked.push(path);
    return { runs: [], waiting };
  });
});
afterEach(() => {
  page.leave();
  jest.useRealTimers();
});

// The fields that a row reads.
const run = (runId: string, status: RunStatus) =>
  ({ runId, status, workflowName: runId, acceptedAt: 1, inputTokens: 0, outputTokens: 0 }) as RunSummary;
interface RowsProps {
  readonly runs: readonly RunSummary[];
  readonly first: Standstills | undefined;
}
function Rows({ runs, first }: RowsProps): ReactElement {
  const standstills = useStandstills(runs, first);
  return (
    <table>
      <tbody>
        {runs.map((one) => (
          <RunRow
            key={one.runId}
            run={one}
            standstill={standstills[one.runId]}
            now={2}
            isChosen={false}
            onChoose={() => undefined}
          />
        ))}
      </tbody>
    </table>
  );
}
const show = (props: RowsProps): Promise<void> => act(async () => page.root.render(<Rows {...props} />));
const later = (): Promise<void> => act(() => jest.advanceTimersByTimeAsync(5_000));
const text = (): string => document.body.textContent;

it('says on a row which capability of its run no process has, and updates that', async () => {
  const runs = [run('a', 'queued'), run('b', 'done')];
  await show({ runs, first: { a: missing } });
  expect(text()).toContain('No process has the model x.');
  expect(asked).toEqual([]);
  await later();
  expect(asked).toEqual([expect.stringContaining('status=queued%2Crunning')]);
  expect(text()).not.toContain('No process');
  waiting = { a: { ...missing, code: 'no_worker', message: 'No process takes runs.' } };
  await later();
  expect(text()).toContain('No process takes runs.');
  await show({ runs: [run('a', 'done')], first: {} });
  expect(text()).not.toContain('No process takes runs.');
  const before = asked.length;
  await later();
  expect(asked).toHaveLength(before);
});

it('requests nothing when one process has all runs', async () => {
  await show({ runs: [run('a', 'queued')], first: undefined });
  await later();
  expect(asked).toEqual([]);
});
