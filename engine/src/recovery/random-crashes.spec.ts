import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RunEvent, RunRecord } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { createMemoryJournal } from '../memory-journal.js';
import type { RunOutcome } from '../host.js';
import { createBench, plain, ticks, type TestBench, type TestRun } from '../testing/harness.js';
import { driven, graph, holds, input, pathsOf, plainErrors, propertyTimeout, shapes } from '../testing/properties.js';
import { randomGraph } from '../testing/random-graphs.js';
import { interpret } from '../testing/reference-interpreter.js';

describe('random graphs that crash, suspend and are cancelled', () => {
  it(
    'end the same after a crash at any record, without repeating nodes that ended',
    async () => {
      await holds(
        fc.asyncProperty(
          graph.seed,
          graph.size,
          fc.nat(),
          fc.constantFrom(...Object.values(shapes)),
          fc.boolean(),
          async (seed, size, cut, shape, hasSuspension) => {
            const options = { ...shape, hasSuspension };
            const random = randomGraph(seed, size, options);
            const bench = createBench(random.definitions);
            const whole = await driven(bench, random, await bench.run(random.sketch, { inputs: input }));
            const events = await bench.records();
            const kept = events.slice(0, cut % events.length);
            const journal = createMemoryJournal(createFakeClock());
            const second = createBench(random.definitions, { journal });
            await second.accept(random.sketch, { inputs: input });
            if (kept.length > 0) await journal.append('run-1', kept.map(withoutSeq));
            random.calls.clear();
            second.clock.jump(bench.clock.now());
            const resumed = await driven(second, random, await (await second.resume('run-1', random.plan)).finish());
            expect(resumed.status).toBe(whole.status);
            expect(plain(resumed.outputs)).toEqual(plain(whole.outputs));
            for (const path of pathsOf(kept, 'node-end'))
              expect([path, random.calls.get(path) ?? 0]).toEqual([path, 0]);
            for (const type of ['node-end', 'node-skip', 'loop-next']) {
              const paths = pathsOf(await journal.events('run-1'), type);
              if (whole.status === 'done' && !(options.hasFatal && options.hasNested))
                expect(paths).toEqual(pathsOf(events, type));
              else expect([type, paths.length]).toEqual([type, new Set(paths).size]);
            }
          },
        ),
      );
    },
    propertyTimeout,
  );

  it(
    'end the same if runs suspend for people and times, even in nested runs',
    async () => {
      await holds(
        fc.asyncProperty(
          graph.seed,
          graph.size,
          fc.constantFrom(...Object.values(shapes)),
          fc.boolean(),
          async (seed, size, shape, inMemory) => {
            const options = { ...shape, hasSuspension: true };
            const random = randomGraph(seed, size, options);
            const bench = createBench(random.definitions);
            const run = await bench.start(random.sketch, { inputs: input });
            const outcome = await driven(bench, random, inMemory ? await answering(bench, run) : await run.finish());
            const expected = interpret(random.plan, random.behaviour, input);
            expect(outcome.status).toBe(expected.status);
            const events = await bench.records();
            for (const [key, count] of random.calls)
              if (key.startsWith('step ')) expect([key, count]).toEqual([key, 1]);
            for (const type of ['node-end', 'node-skip']) {
              const paths = pathsOf(events, type);
              expect([type, paths.length]).toEqual([type, new Set(paths).size]);
            }
            if (expected.status === 'done') expect(plainErrors(plain(outcome.outputs))).toEqual(expected.outputs);
          },
        ),
      );
    },
    propertyTimeout,
  );

  it(
    'end once if they are cancelled at any moment, with no event after the end',
    async () => {
      await holds(
        fc.asyncProperty(
          graph.seed,
          graph.size,
          fc.integer({ min: 0, max: 12 }),
          fc.boolean(),
          async (seed, size, wait, hasSuspension) => {
            const random = randomGraph(seed, size, { ...shapes['everything']!, hasSuspension });
            const bench = createBench(random.definitions);
            const run = await bench.start(random.sketch, { inputs: input });
            await ticks(wait);
            void run.handle.cancel();
            const outcome = await run.finish();
            expect(random.out.count).toBe(0);
            await ticks(5);
            if (outcome.status === 'suspended') return;
            expect(['done', 'failed', 'cancelled']).toContain(outcome.status);
            const last = run.events[run.events.length - 1];
            expect(last).toMatchObject({ type: 'run-end', status: outcome.status });
            expect(run.events.filter((event) => event.type === 'run-end')).toHaveLength(1);
          },
        ),
      );
    },
    propertyTimeout,
  );
});

/** Answers questions while the run is in memory. */
async function answering(bench: TestBench, run: TestRun): Promise<RunOutcome> {
  let outcome: RunOutcome | undefined;
  void run.handle.done.then((ended) => (outcome = ended));
  while (outcome === undefined) {
    await ticks(2);
    for (const request of await bench.journal.requests())
      await run.handle.answer(request.requestId, { value: 1 }).catch(() => undefined);
    if (bench.clock.pending > 0) await bench.clock.advance(100);
  }
  return outcome;
}

function withoutSeq(event: RunEvent): RunRecord {
  const { seq: _seq, runId: _runId, ...record } = event;
  return record;
}
