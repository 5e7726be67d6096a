import fc from 'fast-check';
import type { RunEvent } from '@heddle/core';
import type { RunOutcome } from '../host.js';
import type { TestBench } from './harness.js';
import type { GraphOptions, RandomGraph } from './random-graphs.js';

/** Cases of a property; `npm test` raises it to 1,250, which is 10,000 for all eight. */
const cases = Number(process.env['HEDDLE_CASES'] ?? 60);
/** The seed of the cases that are the same every time. */
const fixedSeed = 20_261_124;

/** Long enough for a slow machine. */
export const propertyTimeout = 120_000;

/** Checks half of the cases with a fixed seed and half with a new one, which is printed when one fails; HEDDLE_SEED repeats it. */
export async function holds<Arguments>(property: fc.IAsyncProperty<Arguments>): Promise<void> {
  const half = Math.ceil(cases / 2);
  const seed = Number(process.env['HEDDLE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  await fc.assert(property, { numRuns: half, seed: fixedSeed });
  await fc.assert(property, { numRuns: cases - half, seed });
}

/** What the graphs of a property may hold. */
export const shapes: Readonly<Record<string, GraphOptions>> = {
  'routers, skips, streams, retries and failures': { hasFatal: true, hasAny: false, hasLoops: false, hasNested: false },
  'joins of any': { hasFatal: false, hasAny: true, hasLoops: false, hasNested: false },
  loops: { hasFatal: true, hasAny: false, hasLoops: true, hasNested: false },
  'nested runs, loops and joins': { hasFatal: false, hasAny: true, hasLoops: true, hasNested: true },
  everything: { hasFatal: true, hasAny: false, hasLoops: true, hasNested: true },
};

/** What a graph is made from. */
export const graph = { seed: fc.integer({ min: 0, max: 2 ** 31 }), size: fc.integer({ min: 1, max: 14 }) };
export const input = { value: 'start' };

/** The paths of events of these types, sorted; disabled nodes are left out. */
export const pathsOf = (events: readonly RunEvent[], ...types: string[]): string[] =>
  events
    .flatMap((event) =>
      'path' in event && types.includes(event.type) && !(event.type === 'node-skip' && event.reason === 'disabled')
        ? [event.path]
        : [],
    )
    .sort();

/** The reference does not write errors out. */
export function plainErrors(outputs: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(outputs), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'code' in value ? { code: 'failed' } : value,
  ) as Record<string, unknown>;
}

/** Resumes a suspended run, with an answer or at its time, until it has ended. */
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
