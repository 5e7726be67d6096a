import type { RatingsSource, RollupQuery, RollupStore } from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { FigureRows } from './figure-sum.js';

interface FigureSources {
  readonly rollups: Pick<RollupStore, 'runs' | 'calls' | 'savings'>;
  readonly ratings: RatingsSource;
}

/** How many milliseconds of the event loop a part of a read should take. */
const partMs = 15;

/**
 * Reads a long period in parts, and lets runs go on between them. The number of steps in a part adapts, so that each read takes a few
 * milliseconds. The caller sums the rows of all parts.
 */
export async function* readFigures(
  { rollups, ratings }: FigureSources,
  query: RollupQuery,
): AsyncGenerator<FigureRows> {
  let steps = 2;
  for (let from = query.from; from < query.to;) {
    const to = Math.min(query.to, from + steps * query.step);
    const part = { ...query, from, to };
    const begun = performance.now();
    const [runs, calls, savings, rated] = await Promise.all([
      rollups.runs(part),
      rollups.calls(part),
      rollups.savings(part),
      ratings.ratings(part),
    ]);
    yield { runs, calls, savings, ratings: rated };
    const took = performance.now() - begun;
    if (took < partMs / 2) steps *= 2;
    else if (took > partMs) steps = Math.max(1, Math.floor(steps / 2));
    from = to;
    await yieldToEventLoop();
  }
}
