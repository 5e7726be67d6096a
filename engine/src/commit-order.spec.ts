import { describe, expect, it } from '@jest/globals';
import { HeddleError, type Journal } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { createMemoryJournal } from './memory-journal.js';
import { startRun } from './start-run.js';
import { createBench, ticks } from './testing/harness.js';
import { chain, pair, single } from './testing/sketches.js';
import { never, testNodes } from './testing/test-nodes.js';

/** A journal that commits an append only when a test calls its function in `commits`. */
function slowJournal(): Journal & { commits: (() => void)[]; powerSafe: string[][] } {
  const inner = createMemoryJournal(createFakeClock());
  const commits: (() => void)[] = [];
  const powerSafe: string[][] = [];
  return {
    ...inner,
    commits,
    powerSafe,
    append: (runId, records, options) => {
      if (options?.isPowerSafe === true) powerSafe.push(records.map((record) => record.type));
      return new Promise((resolve) => commits.push(() => resolve(inner.append(runId, records))));
    },
  };
}

describe('commits', () => {
  describe('a run that begins before its acceptance is on the disk', () => {
    /** Starts a run with three parallel nodes: one has an effect, one calls a model, and one only computes. */
    async function begin() {
      const alone = { type: 'do', config: { inputs: [] } };
      const seen: string[] = [];
      const received: { store(): void; refuse(error: HeddleError): void }[] = [];
      const stored = new Promise<void>((store, refuse) => received.push({ store, refuse }));
      const bench = createBench(
        testNodes({
          reach: ({ context }) =>
            context.step('send', () => Promise.resolve(seen.push('reached'))).then(() => ({ out: 1 })),
          ask: async ({ context }) => {
            await context.use('languageModel', 'm').catch(() => seen.push('asked'));
            return { out: 1 };
          },
          compute: () => {
            seen.push('computed');
            return { out: 1 };
          },
        }),
      );
      const accepted = await bench.accept({
        nodes: { reach: alone, ask: alone, compute: alone, j: { type: 'do', config: { inputs: ['in*'] } }, e: 'out' },
        edges: ['reach.out -> j.in', 'ask.out -> j.in', 'compute.out -> j.in', 'j.out -> e.value'],
      });
      const { done } = startRun(bench.host, { ...accepted, stored });
      await ticks(5);
      return { seen, done, ...received[0] };
    }

    it('computes and calls models meanwhile, but delays effects outside the process', async () => {
      const { seen, done, store } = await begin();
      expect(seen.sort()).toEqual(['asked', 'computed']);
      store?.();
      expect((await done).status).toBe('done');
      expect(seen.at(-1)).toBe('reached');
    });

    it('has no effects if its acceptance cannot be stored', async () => {
      const { seen, done, refuse } = await begin();
      refuse?.(new HeddleError('storage_failed', 'The disk is broken.'));
      expect(await done).toMatchObject({ status: 'failed', error: { code: 'storage_failed' } });
      expect(seen).not.toContain('reached');
    });
  });

  describe('a step whose inputs are committed but not on the disk yet', () => {
    it('runs when its inputs are on the disk, while computations and model calls do not wait', async () => {
      const seen: string[] = [];
      const flushes: (() => void)[] = [];
      const bench = createBench(
        testNodes({
          a: () => ({ out: seen.push('a') }),
          b: async ({ context }) => {
            await context.use('languageModel', 'm').catch(() => seen.push('b asked'));
            await context.step('send', () => Promise.resolve(seen.push('b sent')));
            return { out: 1 };
          },
        }),
      );
      const flushed = (): Promise<void> => new Promise((resolve) => flushes.push(resolve));
      const host = { ...bench.host, journal: { ...bench.host.journal, flushed } };
      const { done } = startRun(host, await bench.accept(pair));
      await ticks(20);
      expect([seen, flushes.length]).toEqual([['a', 'b asked'], 1]);
      flushes[0]?.();
      expect((await done).status).toBe('done');
      expect(seen).toEqual(['a', 'b asked', 'b sent']);
    });

    it('stops waiting if the run is cancelled', async () => {
      const seen: string[] = [];
      const bench = createBench(
        testNodes({
          a: async ({ context }) => ({ out: await context.step('send', () => Promise.resolve(seen.push('sent'))) }),
        }),
      );
      const flushed = (): Promise<void> => new Promise(() => undefined);
      const host = { ...bench.host, journal: { ...bench.host.journal, flushed } };
      const handle = startRun(host, await bench.accept(single));
      await ticks(20);
      void handle.cancel();
      expect((await handle.done).status).toBe('cancelled');
      expect(seen).toEqual([]);
    });
  });

  it('journals a result before its edges settle, and does not wait for the records of starts', async () => {
    const seen: string[] = [];
    const journal = slowJournal();
    const bench = createBench(
      testNodes({
        a: () => {
          seen.push('a');
          return { out: 1 };
        },
        b: () => {
          seen.push('b');
          return { out: 2 };
        },
      }),
      { journal },
    );
    const run = await bench.start({
      nodes: { a: { type: 'do', config: { inputs: [] } }, b: 'do', e: 'out' },
      edges: ['a.out -> b.in', 'b.out -> e.value'],
    });
    await ticks(3);
    expect([seen, run.events]).toEqual([['a'], []]);
    journal.commits.shift()!();
    await ticks(3);
    expect(seen).toEqual(['a', 'b']);
    expect(run.events.map((event) => event.type)).toEqual(['run-start', 'node-start', 'node-end']);
    for (let round = 0; round < 6; round += 1) {
      journal.commits.shift()?.();
      await ticks(2);
    }
    expect((await run.handle.done).status).toBe('done');
  });

  it('results settle in the order of their commits', async () => {
    const order: string[] = [];
    const journal = slowJournal();
    const bench = createBench(
      testNodes({
        a: () => ({ out: 'a' }),
        b: async () => {
          await ticks(1);
          return { out: 'b' };
        },
        j: ({ inputs }) => {
          order.push(...Object.keys(inputs));
          return { out: 1 };
        },
      }),
      { journal },
    );
    const run = await bench.start({
      nodes: {
        a: { type: 'do', config: { inputs: [] } },
        b: { type: 'do', config: { inputs: [] } },
        j: { type: 'do', config: { inputs: ['fromA?', 'fromB?'] }, run: { join: 'any' } },
      },
      edges: ['a.out -> j.fromA', 'b.out -> j.fromB'],
    });
    await ticks(6);
    for (const commit of journal.commits.splice(0)) commit();
    for (let round = 0; round < 8; round += 1) {
      await ticks(2);
      for (const commit of journal.commits.splice(0)) commit();
    }
    await run.handle.done;
    expect(order).toEqual(['fromA']);
  });

  it('commits cancels, answers, starts of atMostOnce nodes and terminal statuses power-safe', async () => {
    const journal = slowJournal();
    const bench = createBench(
      testNodes({
        a: async ({ context }) => {
          await context.requestInput('ok', { title: '?', schema: {} });
          return { out: 1 };
        },
        b: never,
      }),
      { journal },
    );
    const run = await bench.start({
      nodes: {
        a: { type: 'do', config: { inputs: [] } },
        b: { type: 'do', config: { inputs: [] }, run: { atMostOnce: true } },
      },
    });
    const commitAll = async (): Promise<void> => {
      for (let round = 0; round < 5; round += 1) {
        await ticks(2);
        for (const commit of journal.commits.splice(0)) commit();
      }
    };
    await commitAll();
    const [ask] = await bench.journal.requests();
    const answered = run.handle.answer(ask!.requestId, { value: 1 });
    await commitAll();
    await answered;
    void run.handle.cancel();
    await commitAll();
    expect((await run.handle.done).status).toBe('cancelled');
    expect(
      journal.powerSafe.flat().filter((type) => !['run-start', 'node-suspend', 'human-input-start'].includes(type)),
    ).toEqual(['node-start', 'node-start', 'human-input-end', 'cancel-request', 'run-end']);
  });

  it('refuses an answer that comes while the last record is being committed, and ends the run as failed', async () => {
    const journal = slowJournal();
    const bench = createBench(
      testNodes({
        a: async ({ context }) => {
          await context.requestInput('ok', { title: '?', schema: {} });
          return { out: 1 };
        },
        b: async () => {
          await ticks(1);
          throw new Error('broken');
        },
      }),
      { journal },
    );
    const run = await bench.start({
      nodes: { a: { type: 'do', config: { inputs: [] } }, b: { type: 'do', config: { inputs: [] } } },
    });
    for (let round = 0; round < 10; round += 1) {
      await ticks(2);
      if (run.events.some((event) => event.type === 'node-error')) break;
      for (const commit of journal.commits.splice(0)) commit();
    }
    const [ask] = await bench.journal.requests();
    await expect(run.handle.answer(ask!.requestId, { value: 1 })).rejects.toMatchObject({ code: 'run_terminal' });
    for (const commit of journal.commits.splice(0)) commit();
    expect((await run.handle.done).status).toBe('failed');
  });

  it('retries a journal that is full for now, and pauses the run if the journal is damaged', async () => {
    const inner = createMemoryJournal(createFakeClock());
    let failures = 2;
    let code: 'storage_full' | 'storage_corrupt' = 'storage_full';
    const journal: Journal = {
      ...inner,
      append: (runId, records) => {
        if (records.some((record) => record.type === 'node-end') && failures > 0) {
          failures -= 1;
          return Promise.reject(new HeddleError(code, 'No.'));
        }
        return inner.append(runId, records);
      },
    };
    expect((await createBench(testNodes(), { journal }).run(chain, { inputs: { value: 1 } })).status).toBe('done');
    failures = 1;
    code = 'storage_corrupt';
    const lost = await createBench(testNodes(), { journal }).run(chain, { inputs: { value: 1 }, runId: 'run-2' });
    expect(lost).toMatchObject({ status: 'paused', error: { code: 'storage_corrupt' } });
    expect((await inner.unfinished()).map((summary) => summary.runId)).toEqual(['run-2']);
  });
});
