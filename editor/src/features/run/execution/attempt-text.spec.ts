import { expect, it } from '@jest/globals';
import { createRunView } from '../fold/run-view.js';
import { attemptText } from './attempt-text.js';

const error = { code: 'fetch_status', message: 'no', retryable: true };

it('counts attempts that failed, not those that a crash cut short', () => {
  const run = createRunView('r', (callback) => callback());
  const at = { runId: 'r', path: 'call' };
  const text = () => attemptText(run.execution('call') ?? { failedAttempts: 0 }, 3);
  run.take([
    { ...at, type: 'node-start', seq: 1, time: 1, attempt: 1 },
    // After a crash: the second start still counts as the first of three attempts.
    { ...at, type: 'node-start', seq: 2, time: 5, attempt: 2 },
  ]);
  expect(text()).toBeUndefined();
  run.take([{ ...at, type: 'node-retry', seq: 3, time: 6, attempt: 2, error, dueAt: 7 }]);
  expect(run.execution('call')?.status).toBe('retrying');
  expect(text()).toBe('attempt 2 of 3');
  run.take([
    { ...at, type: 'node-start', seq: 4, time: 7, attempt: 3 },
    { ...at, type: 'node-retry', seq: 5, time: 8, attempt: 3, error, dueAt: 9 },
    { ...at, type: 'node-start', seq: 6, time: 9, attempt: 4 },
    { ...at, type: 'node-end', seq: 7, time: 10, attempt: 4, started: 9, outputs: {} },
  ]);
  expect(text()).toBe('attempt 3 of 3');
  expect(run.recordOf('call').map(({ seq }) => seq)).toEqual([3, 5]);
  // The text stays right when the plan has fewer attempts, as after a change of the workflow.
  expect(attemptText({ failedAttempts: 4 }, 3)).toBe('attempt 5');
});
