import { describe, expect, it } from '@jest/globals';
import { HeddleError, type ErrorCode } from '@heddle/core';
import { pathsOf } from './testing/events-in-short.js';
import { createBench, plain } from './testing/harness.js';
import { resumeRun } from './start-run.js';
import { single } from './testing/sketches.js';
import { flaky, never, testNodes } from './testing/test-nodes.js';

describe('failures', () => {
  it('retries only after retryable errors, with a longer pause each time', async () => {
    let tries = 0;
    const bench = createBench(
      testNodes({
        a: async () => {
          tries += 1;
          throw tries < 3 ? flaky() : new HeddleError('template_invalid', 'Never right.');
        },
      }),
    );
    const outcome = await bench.run({
      nodes: { a: { type: 'do', config: { inputs: [] }, run: { retry: { attempts: 9, backoffMs: 1000 } } } },
    });
    expect([outcome.status, outcome.error?.code, tries]).toEqual(['failed', 'template_invalid', 3]);
    const retries = outcome.events.filter((event) => event.type === 'node-retry');
    expect(retries.map((event) => event.dueAt - event.time)).toEqual([750, 1500]);
    expect(outcome.events.flatMap((event) => (event.type === 'node-start' ? [event.attempt] : []))).toEqual([1, 2, 3]);
  });

  describe('a node that fails with an error of the store', () => {
    /** Runs a node that fails so many times with an error of the store. Returns how the run ended and how often the node ran. */
    async function meet(faults: number, run: Record<string, unknown> = {}, code: ErrorCode = 'storage_failed') {
      let tries = 0;
      const behaviours = {
        a: async () => {
          tries += 1;
          if (tries <= faults) throw new HeddleError(code, 'The disk does not answer.');
          return { out: 1 };
        },
      };
      const outcome = await createBench(testNodes(behaviours)).run({
        nodes: { a: { type: 'do', config: { inputs: [] }, run } },
      });
      return [outcome.status, tries];
    }

    it('is tried six times, or more often if its own retry settings say so', async () => {
      expect(await meet(5)).toEqual(['done', 6]);
      expect(await meet(6)).toEqual(['failed', 6]);
      expect(await meet(7, { retry: { attempts: 9, backoffMs: 10 } })).toEqual(['done', 8]);
    });

    it('is not retried if it may run only once, or if the store is damaged', async () => {
      expect(await meet(1, { atMostOnce: true })).toEqual(['failed', 1]);
      expect(await meet(1, {}, 'storage_corrupt')).toEqual(['failed', 1]);
    });
  });

  it('carries a failure on a connected error port, drops the other ports, and continues the run', async () => {
    const bench = createBench(
      testNodes({
        a: () => {
          throw new HeddleError('json_invalid', 'Not JSON.', { details: { line: 3 } });
        },
      }),
    );
    const outcome = await bench.run({
      nodes: {
        a: { type: 'do', config: { inputs: [] } },
        b: 'do',
        e: { type: 'out', config: { fields: ['bad', 'good'] } },
      },
      edges: ['a.out -> b.in', 'b.out -> e.good', 'a.error -> e.bad'],
    });
    expect(outcome.status).toBe('done');
    expect(plain(outcome.outputs)).toEqual({
      bad: { code: 'json_invalid', message: 'Not JSON.', retryable: false, details: { line: 3 }, path: 'a' },
    });
    expect(pathsOf(outcome.events, 'node-skip')).toEqual(['b']);
  });

  it('aborts and awaits everything, starts nothing new, and fails the run after a failure without an error port', async () => {
    const seen: string[] = [];
    const bench = createBench(
      testNodes({
        bad: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          throw new Error('broken');
        },
        long: ({ context }) =>
          new Promise((_, reject) =>
            context.signal.addEventListener('abort', () =>
              setTimeout(() => {
                seen.push('cleaned up');
                reject(new Error('stopped'));
              }, 5),
            ),
          ),
        next: () => {
          seen.push('next');
          return { out: 1 };
        },
      }),
    );
    const run = await bench.start({
      nodes: { bad: { type: 'do', config: { inputs: [] } }, long: { type: 'do', config: { inputs: [] } }, next: 'do' },
      edges: ['long.out -> next.in'],
    });
    const outcome = await run.handle.done;
    expect([outcome.status, outcome.error]).toEqual([
      'failed',
      { code: 'node_failed', message: 'broken', retryable: false, path: 'bad' },
    ]);
    expect(seen).toEqual(['cleaned up']);
    expect(run.events.map((event) => event.type)).toEqual([
      'run-start',
      'node-start',
      'node-start',
      'node-error',
      'run-end',
    ]);
  });

  it('never takes the error port for a cancel or a label refusal', async () => {
    const sketch = { nodes: { a: { type: 'do', config: { inputs: [] } }, e: 'out' }, edges: ['a.error -> e.value'] };
    const refused = await createBench(
      testNodes({
        a: () => {
          throw new HeddleError('label_refused', 'Not there.');
        },
      }),
    ).run(sketch);
    expect([refused.status, refused.error?.code]).toEqual(['failed', 'label_refused']);
    const run = await createBench(
      testNodes({
        a: never,
      }),
    ).start(sketch);
    await run.settle();
    void run.handle.cancel('ada', 'enough');
    expect((await run.handle.done).status).toBe('cancelled');
    expect(run.events.map((event) => event.type)).toEqual(['run-start', 'node-start', 'cancel-request', 'run-end']);
  });

  it('ends a run that its host gives up with the error of the host, even if another process writes the end', async () => {
    const bench = createBench(testNodes({ a: never }));
    const run = await bench.start(single);
    await run.settle();
    void run.handle.cancel(undefined, undefined, new HeddleError('storage_failed', 'The disk is broken.'));
    expect(await run.handle.done).toMatchObject({ status: 'cancelled', error: { code: 'storage_failed' } });
    const events = await bench.records();
    expect(events.slice(-2)).toMatchObject([
      { type: 'cancel-request', code: 'storage_failed', reason: 'The disk is broken.' },
      { type: 'run-end', status: 'cancelled', error: { code: 'storage_failed', message: 'The disk is broken.' } },
    ]);
    const { acceptance, plan } = await bench.accept(single, { runId: 'run-2' });
    const left = events.slice(0, -1).map((event) => ({ ...event, runId: 'run-2' }));
    await bench.journal.append('run-2', left);
    const { done } = resumeRun(bench.host, { plan, acceptance }, left);
    expect(await done).toMatchObject({ status: 'cancelled', error: { code: 'storage_failed' } });
  });

  it('refuses outputs that a node does not have', async () => {
    const outcome = await createBench(testNodes({ a: () => ({ out: 1, extra: 2 }) })).run({
      nodes: { a: { type: 'do', config: { inputs: [] } } },
    });
    expect(outcome.error).toMatchObject({
      code: 'node_output_invalid',
      message: "'a' (do) returned 'extra', which its outputs do not have.",
    });
  });
});
