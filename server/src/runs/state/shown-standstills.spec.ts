import { expect, it } from '@jest/globals';
import type { RunSummary } from '@heddle/core';
import { shownStandstills } from './shown-standstills.js';

// The fields that it reads.
const runs = ['a', 'b', 'c'].map((runId) => ({ runId }) as RunSummary);
const why = {
  code: 'capability_missing',
  message: "No process has the model 'secret'.",
  retryable: true,
  details: { needs: ['model:secret'] },
} as const;

it('says what is missing only to who may read the values of the run', () => {
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
