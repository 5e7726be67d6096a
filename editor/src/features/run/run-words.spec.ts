import { expect, it } from '@jest/globals';
import { standstillWords } from './run-words.js';

const targetWords = (target: string): string => `The target ${target}`;

it('says why a run is paused', () => {
  const cause = { kind: 'kill-switch', target: 'workflow:w1' } as const;
  expect(standstillWords({ pause: { cause, reason: 'fire drill: all out', time: 1 } }, targetWords)).toBe(
    'The run continues when the kill switch is released. The target workflow:w1 was stopped: fire drill: all out',
  );
  const pause = { cause: undefined, reason: 'The disk is full.', time: 1 };
  expect(standstillWords({ pause }, targetWords)).toBe('The disk is full.');
  expect(standstillWords({ pause: undefined }, targetWords)).toBeUndefined();
});
