import { expect, it } from '@jest/globals';
import { standstillText } from './run-text.js';

const targetText = (target: string): string => `The target ${target}`;

it('says why a run is paused', () => {
  const cause = { kind: 'kill-switch', target: 'workflow:w1' } as const;
  expect(standstillText({ pause: { cause, reason: 'fire drill: all out', time: 1 } }, targetText)).toBe(
    'The run continues when the kill switch is released. The target workflow:w1 was stopped: fire drill: all out',
  );
  const pause = { cause: undefined, reason: 'The disk is full.', time: 1 };
  expect(standstillText({ pause }, targetText)).toBe('The disk is full.');
  expect(standstillText({ pause: undefined }, targetText)).toBeUndefined();
});
