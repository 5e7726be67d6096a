import type { RunEvent } from '../events/events.js';

/** Recorded outputs of nodes with effects, by node and port. A test uses them instead of making the effects. */
export type Fixtures = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Writes without a result are not made in a test, so their nodes need no fixture. */
const withoutResult = /^(?:memory|cache)\./;

/**
 * Extracts the fixtures of a run: the outputs of nodes that had an effect with a result or an answer of a person. For a node in a loop or a
 * nested workflow, the first outputs are used.
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

/** Removes iterations and keys of nested runs from the path of a node. @example locationOfPath('each#3/shop@0.1') // 'each#/shop' */
export function locationOfPath(path: string): string {
  return path.replaceAll(/@[\d.]+/g, '').replaceAll(/#[^/]*/g, '#');
}
