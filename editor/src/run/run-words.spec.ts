import { expect, it } from '@jest/globals';
import { standstillWords } from './run-words.js';

const targetWords = (target: string): string => `The target ${target}`;
const wordsOf = (status: 'held' | 'running' | 'parked', heldReason?: string): string | undefined =>
  standstillWords({ status, heldReason }, targetWords);

it('says why a run is held; one that works needs no reason', () => {
  expect(wordsOf('held', 'stop workflow:w1: fire drill: all out')).toBe(
    'The run continues when the kill switch is released. The target workflow:w1 was stopped: fire drill: all out',
  );
  expect(wordsOf('held', 'The disk is full.')).toBe('The disk is full.');
  expect([wordsOf('held'), wordsOf('running'), wordsOf('parked')]).toEqual([undefined, undefined, undefined]);
});
