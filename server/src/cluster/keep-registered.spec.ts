import { describe, expect, it } from '@jest/globals';
import type { ListedWorker, NewWorker, Workers } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { silentLog } from '../common/log.js';
import { keepRegistered } from './keep-registered.js';

const times = { renewMs: 2_000, fenceMs: 8_000, deadMs: 10_000 };

/** A registry in memory whose renewals a test can let fail. */
function registry() {
  const rows: NewWorker[] = [];
  const left: string[] = [];
  const state = { isKnown: true, others: [] as ListedWorker[] };
  const workers: Workers = {
    register: (worker) => Promise.resolve(void rows.push(worker)),
    renew: () => Promise.resolve(state.isKnown ? 'ready' : undefined),
    drain: () => Promise.resolve(),
    leave: (boot) => Promise.resolve(void left.push(boot)),
    list: () => Promise.resolve(state.others),
  };
  return { rows, left, state, workers };
}

describe('a process that takes no runs', () => {
  const open = async () => {
    const clock = createFakeClock();
    const found = registry();
    const process = { name: 'api', role: 'api', version: '1' } as const;
    const kept = await keepRegistered(process, { workers: found.workers, clock, log: silentLog, times });
    return { ...found, clock, kept };
  };

  it('is registered with its role and without slots, and leaves', async () => {
    const { rows, left, clock, kept } = await open();
    await clock.advance(60_000);
    expect(rows).toMatchObject([{ name: 'api', role: 'api', slots: 0, classes: [], capabilities: [] }]);
    await kept.leave();
    expect([left, clock.pending]).toEqual([[rows[0]?.boot], 0]);
  });

  it('registers again under another boot id after it was counted as dead, and leaves under that id', async () => {
    const { rows, left, clock, state, kept } = await open();
    state.isKnown = false;
    await clock.advance(2_000);
    state.isKnown = true;
    await clock.advance(60_000);
    expect(new Set(rows.map(({ boot }) => boot)).size).toBe(2);
    await kept.leave();
    expect(left).toEqual([rows[1]?.boot]);
  });

  it('gives up when another living process has its name, so that they do not replace each other for ever', async () => {
    const { rows, clock, state } = await open();
    const other = { ...rows[0], boot: 'other', state: 'ready', isAlive: true } as unknown as ListedWorker;
    state.others = [other];
    state.isKnown = false;
    await clock.advance(60_000);
    expect(rows).toHaveLength(1);
  });
});
