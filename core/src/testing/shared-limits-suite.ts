import type { SharedLimits } from '../ports/cluster/shared-limits.js';
import { check, checkEqual, type SuiteCase } from './suite.js';

/** Limits that several processes share. Each test uses its own keys. */
export interface SharedLimitsSubject {
  /** Opens the limits as another process would. */
  readonly open: () => Promise<SharedLimits>;
  /** Returns a key that no other test uses. */
  readonly newKey: () => string;
}

const limit = { points: 10, seconds: 600 };

/**
 * The conformance suite of shared limits.
 *
 * @example for (const promise of sharedLimitsSuite) it(promise.name, () => promise.run(subject));
 */
export const sharedLimitsSuite: readonly SuiteCase<SharedLimitsSubject>[] = [
  {
    name: 'gives all processes together no more than the limit, and says how long to wait',
    async run({ open, newKey }) {
      const processes = await Promise.all([open(), open(), open()]);
      const key = newKey();
      const taken = await Promise.all(
        processes.flatMap((limits) => Array.from({ length: 6 }, () => limits.take(key, limit))),
      );
      checkEqual(taken.filter(({ isAllowed }) => isAllowed).length, 10, 'not exactly the limit was taken');
      for (const { isAllowed, waitMs } of taken)
        check(isAllowed ? waitMs === 0 : waitMs > 0 && waitMs <= 600_000, `the wait of ${waitMs} ms is wrong`);
      check((await processes[0]?.take(newKey(), limit))?.remaining === 9, 'another key is used up');
    },
  },
  {
    name: 'takes several points at once or none, and counts each limit of a key by itself',
    async run({ open, newKey }) {
      const limits = await open();
      const key = newKey();
      checkEqual((await limits.take(key, limit, 7)).remaining, 3, 'the rest is wrong');
      check(!(await limits.take(key, limit, 4)).isAllowed, 'more than the rest was taken');
      check((await limits.take(key, { points: 100, seconds: 60 }, 50)).isAllowed, 'another limit is used up');
    },
  },
  {
    name: 'gives points back and forgets a key in every process',
    async run({ open, newKey }) {
      const one = await open();
      const other = await open();
      const key = newKey();
      await one.take(key, limit, 10);
      await other.giveBack(key, limit);
      checkEqual((await one.take(key, limit)).isAllowed, true, 'the point was not given back');
      check(!(await one.take(key, limit)).isAllowed, 'more than one point was given back');
      await other.clear(key, limit);
      checkEqual((await one.take(key, limit)).remaining, 9, 'the key was not forgotten');
      await other.clear(newKey(), limit);
    },
  },
  {
    name: 'refuses everything of a paused key in every process',
    async run({ open, newKey }) {
      const one = await open();
      const other = await open();
      const key = newKey();
      await one.pause(key, limit, 60_000);
      const { isAllowed, waitMs } = await other.take(key, limit);
      check(!isAllowed && waitMs > 30_000 && waitMs <= 60_000, `it was not paused: ${waitMs} ms`);
    },
  },
];
