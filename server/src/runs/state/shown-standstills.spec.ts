import { expect, it } from '@jest/globals';
import type { RunSummary } from '@heddle/core';
import { shownStandstills } from './shown-standstills.js';

// Only the fields that the function reads.
const runs = ['a', 'b', 'c'].map((runId) => ({ runId }) as RunSummary);
const why = {
  code: 'capability_missing',
  message: "No process has the model 'secret'.",
  retryable: true,
  details: { needs: ['model:secret'] },
} as const;

it('shows what is missing only to callers who may read the values of the run', () => {
  const waiting = new Map([
    ['a', why],
    ['b', why],
    ['elsewhere', why],
  ]);
  const shown = shownStandstills(runs, waiting, { showsValuesOf: ({ runId }) => runId === 'a' });
  expect(Object.keys(shown)).toEqual(['a', 'b']);
  expect(shown['a']).toEqual(why);
  expect(shown['b']).toMatchObject({ code: 'capability_missing', retryable: true });
  expect(JSON.stringify(shown['b'])).not.toContain('secret');
});
