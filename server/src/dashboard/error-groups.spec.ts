import { describe, expect, it } from '@jest/globals';
import { HeddleError, labelOf, type Journal } from '@heddle/core';
import { errorGroupOf } from './error-groups.js';

const cause = { cause: 'c', code: 'node_failed', node: 'say', group: 1, runs: 3, lastRun: 'r', lastAt: 5 };
const view = { showsRun: () => true, showsValuesOf: () => true };
const summary = { runId: 'r', lastSeq: 4, error: { code: 'node_failed', message: 'It broke.', retryable: false } };
const journalOf = (parts: object): Pick<Journal, 'summary' | 'events'> => ({
  ...({ summary: () => Promise.resolve(summary), events: () => Promise.resolve([]) } as unknown as Journal), // Only the methods that error groups use.
  ...parts,
});
const damaged = (): Promise<never> => Promise.reject(new HeddleError('storage_corrupt', 'Record 4 is damaged.'));

describe('a cause of failures', () => {
  it('has the message of its newest run, up to the highest label that is shown beside figures', async () => {
    const endOf = (level: 'internal' | 'confidential') =>
      journalOf({ events: () => Promise.resolve([{ type: 'run-end', label: labelOf(level) }]) });
    expect(await errorGroupOf(cause, { workflow: 'w' }, endOf('internal'), view)).toMatchObject({
      run: 'r',
      message: 'It broke.',
      workflow: 'w',
      runs: 3,
    });
    const hidden = await errorGroupOf(cause, {}, endOf('confidential'), view);
    expect(hidden).toMatchObject({ run: 'r', hidden: 'label', label: 'confidential' });
    expect(JSON.stringify(hidden)).not.toContain('broke');
  });

  it.each([{ summary: damaged }, { events: damaged }])('is counted even if that run is damaged', async (parts) => {
    expect(await errorGroupOf(cause, {}, journalOf(parts), view)).toMatchObject({ runs: 3, hidden: 'removed' });
  });

  it('is not shown while the store has another fault', async () => {
    const full = { events: () => Promise.reject(new HeddleError('storage_full', 'The disk is full.')) };
    await expect(errorGroupOf(cause, {}, journalOf(full), view)).rejects.toThrow('full');
  });
});
