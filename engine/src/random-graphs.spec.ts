import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDurable, type RunEvent, type RunRecord } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { createMemoryJournal } from './memory-journal.js';
import type { RunOutcome } from './host.js';
import { createBench, plain, turns, type TestBench, type TestRun } from './testing/harness.js';
import { randomGraph, type GraphOptions, type RandomGraph } from './testing/random-graphs.js';
import { interpret } from './testing/reference-interpreter.js';

/** Cases a property; HEDDLE_CASES raises it for a longer search. */
const numRuns = Number(process.env['HEDDLE_CASES'] ?? 60);

const shapes: Readonly<Record<string, GraphOptions>> = {
  'routers, skips, streams, retries and failures': { hasFatal: true, hasAny: false, hasLoops: false, hasNested: false },
  'joins of any': { hasFatal: false, hasAny: true, hasLoops: false, hasNested: false },
  loops: { hasFatal: true, hasAny: false, hasLoops: true, hasNested: false },
  'nested runs, loops and joins': { hasFatal: false, hasAny: true, hasLoops: true, hasNested: true },
  everything: { hasFatal: true, hasAny: false, hasLoops: true, hasNested: true },
};
const graph = { seed: fc.integer({ min: 0, max: 2 ** 31 }), size: fc.integer({ min: 1, max: 14 }) };
const input = { value: 'start' };

const pathsOf = (events: readonly RunEvent[], ...types: string[]): string[] =>
  events
    .flatMap((event) =>
      'path' in event && types.includes(event.type) && !(event.type === 'node-skip' && event.reason === 'disabled')
        ? [event.path]
        : [],
    )
    .sort();

/** Disabled nodes are skipped by name, and pass their inputs on. */
function endedWithoutDisabled(expected: ReturnType<typeof interpret>, events: readonly RunEvent[]): string[] {
  const bypassed = new Set(
    events.flatMap((event) => (event.type === 'node-skip' && event.reason === 'disabled' ? [event.path] : [])),
  );
  return [...expected.ended].filter((path) => !bypassed.has(path)).sort();
}

describe('random graphs against the reference interpreter', () => {
  for (const [name, options] of Object.entries(shapes)) {
    it(`E4, E5, R1–R3, L1–L4, S1–S4: come to the same with ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(graph.seed, graph.size, async (seed, size) => {
          const random = randomGraph(seed, size, options);
          const bench = createBench(random.definitions);
          const outcome = await bench.run(random.sketch, { inputs: input });
          const expected = interpret(random.plan, random.behaviour, input);
          expect(outcome.status).toBe(expected.status);
          const events = await bench.records();
          expect(events[events.length - 1]?.type).toBe('run-end');
          expect(outcome.events.filter(isDurable)).toEqual(events);
          if (expected.status === 'failed') return;
          expect(plainErrors(plain(outcome.outputs))).toEqual(expected.outputs);
          // Where one of several nested runs fails, what the others reached before they were stopped is a matter of time.
          const counts = (path: string): boolean => !(options.hasFatal && options.hasNested && path.includes('#'));
          expect(pathsOf(events, 'node-end', 'node-error').filter(counts)).toEqual(
            endedWithoutDisabled(expected, events).filter(counts),
          );
          expect(pathsOf(events, 'node-skip').filter(counts)).toEqual([...expected.skipped].sort().filter(counts));
        }),
        { numRuns },
      );
    });
  }

  it('G2, D5: a run cut off at any record and resumed ends the same, and nothing that ended runs again', async () => {
    await fc.assert(
      fc.asyncProperty(
        graph.seed,
        graph.size,
        fc.nat(),
        fc.constantFrom(...Object.values(shapes)),
        fc.boolean(),
        async (seed, size, cut, shape, hasParking) => {
          const options = { ...shape, hasParking };
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
          for (const path of pathsOf(kept, 'node-end')) expect([path, random.calls.get(path) ?? 0]).toEqual([path, 0]);
          for (const type of ['node-end', 'node-skip', 'loop-next']) {
            const paths = pathsOf(await journal.events('run-1'), type);
            if (whole.status === 'done' && !(options.hasFatal && options.hasNested))
              expect(paths).toEqual(pathsOf(events, type));
            else expect([type, paths.length]).toEqual([type, new Set(paths).size]);
          }
        },
      ),
      { numRuns },
    );
  });

  it('P2, P3, G2: runs that park for people and times, in nested runs too, come to the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        graph.seed,
        graph.size,
        fc.constantFrom(...Object.values(shapes)),
        fc.boolean(),
        async (seed, size, shape, inMemory) => {
          const options = { ...shape, hasParking: true };
          const random = randomGraph(seed, size, options);
          const bench = createBench(random.definitions);
          const run = await bench.start(random.sketch, { inputs: input });
          const outcome = await driven(bench, random, inMemory ? await answering(bench, run) : await run.finish());
          const expected = interpret(random.plan, random.behaviour, input);
          expect(outcome.status).toBe(expected.status);
          const events = await bench.records();
          for (const [key, count] of random.calls) if (key.startsWith('step ')) expect([key, count]).toEqual([key, 1]);
          for (const type of ['node-end', 'node-skip']) {
            const paths = pathsOf(events, type);
            expect([type, paths.length]).toEqual([type, new Set(paths).size]);
          }
          if (expected.status === 'done') expect(plainErrors(plain(outcome.outputs))).toEqual(expected.outputs);
        },
      ),
      { numRuns },
    );
  });

  it('E8: a run cancelled at any moment ends once, with nothing after it', async () => {
    await fc.assert(
      fc.asyncProperty(
        graph.seed,
        graph.size,
        fc.integer({ min: 0, max: 12 }),
        fc.boolean(),
        async (seed, size, wait, hasParking) => {
          const random = randomGraph(seed, size, { ...shapes['everything']!, hasParking });
          const bench = createBench(random.definitions);
          const run = await bench.start(random.sketch, { inputs: input });
          await turns(wait);
          run.handle.cancel();
          const outcome = await run.finish();
          expect(random.out.count).toBe(0);
          await turns(5);
          if (outcome.status === 'parked') return;
          expect(['done', 'failed', 'cancelled']).toContain(outcome.status);
          const last = run.events[run.events.length - 1];
          expect(last).toMatchObject({ type: 'run-end', status: outcome.status });
          expect(run.events.filter((event) => event.type === 'run-end')).toHaveLength(1);
        },
      ),
      { numRuns },
    );
  });
});

/** Resumes a parked run, with an answer or at its time, until it has ended. */
async function driven(bench: TestBench, random: RandomGraph, first: RunOutcome): Promise<RunOutcome> {
  let outcome = first;
  for (let round = 0; outcome.status === 'parked' && round < 500; round += 1) {
    if (outcome.until !== undefined && (outcome.asks ?? []).length === 0) bench.clock.jump(outcome.until);
    const run = await bench.resume('run-1', random.plan);
    const [askId] = outcome.asks ?? [];
    if (askId !== undefined) await run.handle.answer(askId, { value: 1 });
    outcome = await run.finish();
  }
  return outcome;
}

/** Answers questions while the run is in memory. */
async function answering(bench: TestBench, run: TestRun): Promise<RunOutcome> {
  let outcome: RunOutcome | undefined;
  void run.handle.done.then((ended) => (outcome = ended));
  while (outcome === undefined) {
    await turns(2);
    for (const ask of await bench.journal.asks())
      await run.handle.answer(ask.askId, { value: 1 }).catch(() => undefined);
    if (bench.clock.pending > 0) await bench.clock.advance(100);
  }
  return outcome;
}

function withoutSeq(event: RunEvent): RunRecord {
  const { seq: _seq, runId: _runId, ...record } = event;
  return record;
}

/** The reference does not write errors out. */
function plainErrors(outputs: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(outputs), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'code' in value ? 'failed' : value,
  ) as Record<string, unknown>;
}
