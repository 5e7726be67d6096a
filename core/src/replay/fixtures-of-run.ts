import type { RunEvent } from '../events/events.js';

/** Recorded outputs of nodes with effects: node to port to value. A test runs with them, without effects. */
export type Fixtures = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Writes without a result are held back in a test, so their nodes need no fixture. */
const withoutResult = /^(?:memory|cache)\./;

/**
 * The fixtures that a run gives: the outputs of its nodes that had an effect with a result, or an answer of a person. A node in a loop or a
 * nested workflow gives its first ones.
 *
 * @example fixturesOf(await journal.events(runId)) // { shop: { status: 200, json: { order: 7 } } }
 */
export function fixturesOf(events: readonly RunEvent[]): Fixtures {
  const outside = new Set<string>();
  const fixtures: Record<string, Record<string, unknown>> = {};
  for (const event of events) {
    if (event.type === 'node-step' && event.effects?.some((effect) => !withoutResult.test(effect)) === true)
      outside.add(event.path);
    else if (event.type === 'human-input-end') outside.add(event.path);
    else if (event.type === 'node-end' && outside.has(event.path))
      fixtures[locationOfPath(event.path)] ??= Object.fromEntries(
        Object.entries(event.outputs).map(([port, { value }]) => [port, value]),
      );
  }
  return fixtures;
}

/** A node without its iterations and the keys of nested runs. @example locationOfPath('each#3/shop@0.1') // 'each#/shop' */
export function locationOfPath(path: string): string {
  return path.replaceAll(/@[\d.]+/g, '').replaceAll(/#[^/]*/g, '#');
}
