import { describe, expect, it } from '@jest/globals';
import type { LivePointer } from '@heddle/core';
import { silentLog } from '../heddle/log.js';
import { CanaryWatch } from './canary-watch.js';
import { chooseVersion } from './choose-version.js';

const canary = { version: 2, share: 0.25, maxErrorRate: 0.5, maxMeanMs: 100, minRuns: 4 };

async function after(
  runs: readonly { readonly status: 'done' | 'failed'; readonly ms: number }[],
): Promise<LivePointer> {
  let live: LivePointer = { version: 1, canary };
  const watch = new CanaryWatch({
    live: () => Promise.resolve(live),
    setLive: (_id, pointer) => Promise.resolve(void (live = pointer)),
    clock: { now: () => 1_000 },
    log: silentLog,
  });
  for (const [index, { status, ms }] of runs.entries()) {
    const runId = `r${index}`;
    await watch.began(runId, 'w', 2);
    await watch.see(runId, [{ type: 'run-end', runId, seq: 1, time: 1_000 + ms, status }]);
  }
  return live;
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('canaries', () => {
  it('are taken back when too many runs fail or the runs are too slow, and not before enough were seen', async () => {
    expect(await after(times(3, { status: 'failed', ms: 1 }))).toEqual({ version: 1, canary });
    expect(await after(times(4, { status: 'failed', ms: 1 }))).toEqual({ version: 1 });
    expect(await after(times(4, { status: 'done', ms: 101 }))).toEqual({ version: 1 });
    expect(await after(times(9, { status: 'done', ms: 99 }))).toEqual({ version: 1, canary });
  });

  it('get their share of the callers, each always the same version', () => {
    const chosen = Array.from({ length: 4_000 }, (_, index) =>
      chooseVersion({ version: 1, canary }, 'w', `key:${index}`),
    );
    const share = chosen.filter((version) => version === 2).length / chosen.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.3);
    expect(chooseVersion({ version: 1, canary }, 'w', 'key:7')).toBe(chosen[7]);
  });
});
