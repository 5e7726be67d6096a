import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDurable, type RunEvent } from '@heddle/core';
import { createBench, plain } from './testing/harness.js';
import { graph, holds, input, pathsOf, plainErrors, propertyTimeout, shapes } from './testing/properties.js';
import { randomGraph } from './testing/random-graphs.js';
import { interpret } from './testing/reference-interpreter.js';

/** A disabled node passes its inputs on and is recorded as skipped. */
function endedWithoutDisabled(expected: ReturnType<typeof interpret>, events: readonly RunEvent[]): string[] {
  const bypassed = new Set(
    events.flatMap((event) => (event.type === 'node-skip' && event.reason === 'disabled' ? [event.path] : [])),
  );
  return [...expected.ended].filter((path) => !bypassed.has(path)).sort();
}

describe('random graphs against the reference interpreter', () => {
  for (const [name, options] of Object.entries(shapes)) {
    it(
      `give the same results with ${name}`,
      async () => {
        await holds(
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
            // If one of several nested runs fails, chance decides how far the others got before they were stopped.
            const counts = (path: string): boolean => !(options.hasFatal && options.hasNested && path.includes('#'));
            expect(pathsOf(events, 'node-end', 'node-error').filter(counts)).toEqual(
              endedWithoutDisabled(expected, events).filter(counts),
            );
            expect(pathsOf(events, 'node-skip').filter(counts)).toEqual([...expected.skipped].sort().filter(counts));
          }),
        );
      },
      propertyTimeout,
    );
  }
});
