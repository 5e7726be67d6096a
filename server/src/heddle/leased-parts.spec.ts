import { afterEach, describe, expect, it } from '@jest/globals';
import { openTwoProcesses, type TwoProcesses } from '../testing/cluster/two-processes.js';
import type { HeddleParts } from './parts.js';

/** The parts, each with a method of its store that it calls again and again while it works. */
const reads = {
  alerts: ['alertStore', 'rules'],
  monitors: ['monitors', 'take'],
  'A/B tests': ['ab', 'step'],
  'provider batches': ['providerBatches', 'hasWork'],
  retention: ['retentionRules', 'list'],
  rollups: ['rollups', 'step'],
  sources: ['sources', 'list'],
} as const satisfies Readonly<Record<string, readonly [keyof HeddleParts, string]>>;

const names = Object.keys(reads).sort();
const leased = [...names, 'deletions', 'schedules', 'webhooks'].sort();

describe('parts with a lease, in two processes on one database', () => {
  let opened: TwoProcesses | undefined;
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });

  async function open() {
    const seen: (readonly [process: string, part: string])[] = [];
    opened = await openTwoProcesses({ settings: { HEDDLE_SWEEP_MINUTES: '1' } }, (parts, process) =>
      Object.fromEntries(
        Object.entries(reads).map(([part, [store, method]]) => [
          store,
          watched(parts[store], method, () => seen.push([process, part])),
        ]),
      ),
    );
    /** The parts that worked in each process since the last call. */
    const worked = (): Readonly<Record<string, readonly string[]>> => {
      const all = seen.splice(0);
      const of = (process: string) =>
        [...new Set(all.filter(([name]) => name === process).map(([, part]) => part))].sort();
      return { one: of('one'), other: of('other') };
    };
    return { ...opened, worked };
  }

  it('work in the first one, and in the second one once the first stops', async () => {
    const { processes, leases, pass, worked } = await open();
    const [one, other] = processes;
    await one.recover(true);
    await pass(2);
    await other.recover(true);
    worked();
    await pass(70);
    expect(worked()).toEqual({ one: names, other: [] });
    await one.stop();
    worked();
    await pass(70);
    expect(worked()).toEqual({ one: [], other: names });
    expect(leased.filter((name) => leases.holderOf(name) === undefined)).toEqual([]);
  });

  it('stop when the database does not answer, before another process may take them over', async () => {
    const { processes, leases, pass, worked } = await open();
    await processes[0].recover(true);
    await pass(2);
    leases.setAway(true);
    await pass(4);
    expect(leased.filter((name) => leases.holderOf(name) === undefined)).toEqual([]);
    worked();
    await pass(70);
    expect(worked()).toEqual({ one: [], other: [] });
    leases.setAway(false);
    await pass(70);
    expect(worked()).toEqual({ one: names, other: [] });
  });
});

/** Calls `tell` for each call of a method. */
function watched<Store extends object>(store: Store, method: string, tell: () => void): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...values: readonly unknown[]): unknown => {
        if (name === method) tell();
        return Reflect.apply(value, target, values);
      };
    },
  });
}
