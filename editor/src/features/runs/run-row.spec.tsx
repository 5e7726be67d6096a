import { expect, it } from '@jest/globals';
import type { RunStatus, RunSummary } from '@heddle/core';
import { renderToStaticMarkup } from 'react-dom/server';
import { roundToHalfMinute, RunRow } from './RunRow.js';

const acceptedAt = 1_795_864_520_000;

function ageOf(status: RunStatus, now: number): string | undefined {
  // The fields of a run that a row reads.
  const run = { runId: status, workflowName: 'Greeting', status, acceptedAt, inputTokens: 0, outputTokens: 0 };
  const row = <RunRow run={run as RunSummary} now={now} isChosen={false} onChoose={() => undefined} />;
  return />([^<]* ago|just now)</.exec(renderToStaticMarkup(row))?.[1];
}

it('shows the same age for runs that started together, whether they have ended or not', () => {
  const now = acceptedAt + 2 * 60_000 + 5_000;
  expect(roundToHalfMinute(now)).toBeLessThan(acceptedAt + 2 * 60_000);
  expect(ageOf('suspended', now)).toBe('1 min ago');
  expect(ageOf('done', roundToHalfMinute(now))).toBe('1 min ago');
});
