import { isPlainObject } from '@heddle/core';
import { carriedEdge } from '../frames/frame-values.js';
import { elementAt } from '../paths.js';
import type { Task } from '../run/run-tree.js';

/** How many ids are returned at most. */
const most = 1000;

/**
 * Ids of the passages that an execution answers from. From each input, the search goes back to the nearest node that returned passages. So
 * passages that a reranker left out do not count, and passages that a prompt was written from do. In a nested run, the search goes on
 * before the node that started it.
 */
export function nearestPassages(task: Task): readonly string[] {
  const ids = new Set<string>();
  for (let asks: Task | undefined = task; asks !== undefined && ids.size === 0; asks = asks.frame.parent?.task)
    collect(asks, ids);
  return [...ids].slice(0, most);
}

function collect({ frame, node }: Task, ids: Set<string>): void {
  const seen = new Set([node.index]);
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const input of next.inputs) {
      const edges = input.port.mode === 'many' ? [...input.edges, input.loopEdge] : [carriedEdge(frame, next, input)];
      for (const edge of edges) {
        if (edge < 0) continue;
        const value = frame.scheduler.valueOf(edge)?.value;
        if (note(value, ids)) continue;
        const from = elementAt(frame.plan.nodes, elementAt(frame.plan.edges, edge).from);
        if (seen.has(from.index)) continue;
        seen.add(from.index);
        waiting.push(from);
      }
    }
}

/** Adds the ids of a value's passages. Returns whether the value contains passages. */
function note(value: unknown, ids: Set<string>): boolean {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const found = items.flatMap((item) => passageId(item) ?? []);
  for (const id of found) ids.add(id);
  return found.length > 0;
}

function passageId(item: unknown): string | undefined {
  if (!isPlainObject(item)) return undefined;
  const { id, document, text, collection } = item;
  if (typeof id !== 'string' || typeof document !== 'string' || typeof text !== 'string') return undefined;
  return typeof collection === 'string' ? `${collection}/${id}` : id;
}
