import fc from 'fast-check';
import type { RunEvent } from '@heddle/core';
import type { RunOutcome } from '../host.js';
import type { TestBench } from './harness.js';
import type { GraphOptions, RandomGraph } from './random-graphs.js';

/** How many cases each property is checked with. `npm test` raises it to 1,250, which is 10,000 for all eight properties. */
const cases = Number(process.env['HEDDLE_CASES'] ?? 60);
/** The seed of the cases that are the same in every run. */
const fixedSeed = 20_261_124;

/** Milliseconds; long enough for a slow machine. */
export const propertyTimeout = 120_000;

/** Checks a property: half of the cases use a fixed seed, half a new one. A failure prints its seed; set HEDDLE_SEED to repeat it. */
export async function holds<Arguments>(property: fc.IAsyncProperty<Arguments>): Promise<void> {
  const half = Math.ceil(cases / 2);
  const seed = Number(process.env['HEDDLE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  await fc.assert(property, { numRuns: half, seed: fixedSeed });
  await fc.assert(property, { numRuns: cases - half, seed });
}

/** Which features the graphs of a property may have. */
export const shapes: Readonly<Record<string, GraphOptions>> = {
  'routers, skips, streams, retries and failures': { hasFatal: true, hasAny: false, hasLoops: false, hasNested: false },
  'joins of any': { hasFatal: false, hasAny: true, hasLoops: false, hasNested: false },
  loops: { hasFatal: true, hasAny: false, hasLoops: true, hasNested: false },
  'nested runs, loops and joins': { hasFatal: false, hasAny: true, hasLoops: true, hasNested: true },
  everything: { hasFatal: true, hasAny: false, hasLoops: true, hasNested: true },
};

/** The arbitraries for `randomGraph`. */
export const graph = { seed: fc.integer({ min: 0, max: 2 ** 31 }), size: fc.integer({ min: 1, max: 14 }) };
export const input = { value: 'start' };

/** The sorted paths of events of these types, without disabled nodes. */
export const pathsOf = (events: readonly RunEvent[], ...types: string[]): string[] =>
  events
    .flatMap((event) =>
      'path' in event && types.includes(event.type) && !(event.type === 'node-skip' && event.reason === 'disabled')
        ? [event.path]
        : [],
    )
    .sort();

/** Reduces errors to `{ code: 'failed' }`, because the reference interpreter returns no more of them. */
export function plainErrors(outputs: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(outputs), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'code' in value ? { code: 'failed' } : value,
  ) as Record<string, unknown>;
}

/** Resumes a suspended run, with an answer or at its wake time, until it has ended. */
export async function driven(bench: TestBench, random: RandomGraph, first: RunOutcome): Promise<RunOutcome> {
  let outcome = first;
  for (let round = 0; outcome.status === 'suspended' && round < 500; round += 1) {
    if (outcome.until !== undefined && (outcome.requests ?? []).length === 0) bench.clock.jump(outcome.until);
    const run = await bench.resume('run-1', random.plan);
    const [requestId] = outcome.requests ?? [];
    if (requestId !== undefined) await run.handle.answer(requestId, { value: 1 });
    outcome = await run.finish();
  }
  return outcome;
}
