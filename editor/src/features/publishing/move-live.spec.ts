import { describe, expect, it } from '@jest/globals';
import type { LivePointer, VersionsReply } from '@heddle/core';
import { returnOf, rollbackOf } from './move-live.js';

const reply = (live: object | undefined, ...versions: number[]): VersionsReply =>
  ({ versions: versions.map((version) => ({ version })), live: live as LivePointer | undefined }) as VersionsReply;
const rolledBack = (given: VersionsReply, version: number): VersionsReply =>
  ({ ...given, test: { test: { rollbacks: [{ version, at: 1, reason: '' }] } } }) as VersionsReply;
const canary = { version: 1, test: { id: 't', kind: 'canary', sticky: 'caller', salt: 't', slices: [] } };

describe('the way back to an earlier version', () => {
  it.each([
    ['to the version before the live one', reply({ version: 3 }, 3, 2, 1), 'Roll back to version 2'],
    [
      'to the version before a live one that is not the latest',
      reply({ version: 2 }, 4, 3, 2, 1),
      'Roll back to version 1',
    ],
    ['over a gap', reply({ version: 4 }, 4, 1), 'Roll back to version 1'],
    ['from a canary to the live version', reply(canary, 2, 1), 'Stop the canary'],
    ['past a canary that was rolled back', rolledBack(reply({ version: 3 }, 3, 2, 1), 2), 'Roll back to version 1'],
    ['nowhere from the first version', reply({ version: 1 }, 1), undefined],
    ['nowhere when no version is live', reply(undefined, 2, 1), undefined],
    ['nowhere before the versions are known', undefined, undefined],
  ])('leads %s', (_what, given, title) => {
    expect(rollbackOf(given)?.title).toBe(title);
  });

  it('stops a canary by the live version', () => {
    expect(rollbackOf(reply(canary, 2, 1))?.version).toBe(1);
  });

  it.each([
    ['to the latest after a rollback', reply({ version: 1 }, 3, 2, 1), 3],
    ['nowhere when the latest is live', reply({ version: 3 }, 3, 2, 1), undefined],
    ['nowhere while a canary runs', reply(canary, 2, 1), undefined],
    ['nowhere when the latest was rolled back', rolledBack(reply({ version: 1 }, 2, 1), 2), undefined],
  ])('leads forward again %s', (_what, given, version) => {
    expect(returnOf(given)?.version).toBe(version);
  });
});
