import { expect, it } from '@jest/globals';
import type { StreamEvent } from '@heddle/core';
import { end, runOf } from '../__fixtures__/history.js';
import type { Watch } from '../evidence.js';
import { checkWatches } from './check-watches.js';

const letter = 'Dear Ada, '.padEnd(70_000, '.');
const run = runOf([end('copy', 40, { result: letter })]);
const [kept] = run.events;

/** The event as a connection shows it, with a value that is shortened in this way. */
const shown = (about: object): Watch => {
  const outputs = { result: { ...about, label: { level: 'internal', marks: [] } } };
  // The event is invented; other specs check what servers send.
  return { runId: 'one', via: 'sse', after: 0, events: [{ ...kept, outputs } as unknown as StreamEvent] };
};
const problems = (about: object): number => checkWatches([shown(about)], new Map([['one', run]])).length;

it('accepts a large value that is shown by its beginning and its size, and reports a wrong one', () => {
  expect(problems({ value: letter })).toBe(0);
  expect(problems({ size: 70_002, preview: letter.slice(0, 200) })).toBe(0);
  expect(problems({ size: 70_003, preview: letter.slice(0, 200) })).toBe(1);
  expect(problems({ size: 70_002, preview: 'Dear Bob, ' })).toBe(1);
  expect(problems({ value: `${letter}.` })).toBe(1);
});
