import { addSavings, noSavings, type ReusedWork } from '@heddle/adapters/experiments';
import { isPlainObject, type Plan, type RunEvent } from '@heddle/core';

/**
 * The results that a run reused, and what that saved. The saved time is how much longer the run would have taken without them, because the
 * times of parallel nodes do not add up.
 */
export function reusedWork(plan: Plan, events: readonly RunEvent[]): ReusedWork | undefined {
  let work = noSavings;
  const saved = new Map<string, number>();
  const computed = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'node-end' && !event.path.includes('/')) add(computed, event.path, event.time - event.started);
    if (event.type !== 'node-decision' || event.kind !== 'reuse') continue;
    const { ms, cost, inputTokens, outputTokens } = numbersOf(event.details);
    add(saved, event.path, ms);
    work = addSavings(work, { nodes: 1, ms: 0, cost, tokens: inputTokens + outputTokens });
  }
  if (work.nodes === 0) return undefined;
  const without = longest(plan, (id) => computed.get(id) ?? 0);
  const whole = longest(plan, (id) => (computed.get(id) ?? 0) + (saved.get(id) ?? 0));
  return { ...work, ms: Math.max(0, whole - without) };
}

/** Adds time to the outermost node of a path. */
function add(times: Map<string, number>, path: string, ms: number): void {
  const id = /^[a-z0-9_-]+/.exec(path)?.[0] ?? path;
  times.set(id, (times.get(id) ?? 0) + ms);
}

function numbersOf(details: Readonly<Record<string, unknown>> | undefined) {
  const numberOf = (name: string): number => {
    const value = isPlainObject(details) ? details[name] : undefined;
    return typeof value === 'number' && Number.isFinite(value) ? value : 0;
  };
  return {
    ms: numberOf('ms'),
    cost: numberOf('cost'),
    inputTokens: numberOf('inputTokens'),
    outputTokens: numberOf('outputTokens'),
  };
}

/** The duration of the longest path through the graph. A node in a loop counts with all of its iterations. */
function longest(plan: Plan, timeOf: (id: string) => number): number {
  const forward = plan.edges.filter(({ loopOf }) => loopOf < 0);
  const waits = plan.nodes.map(() => 0);
  const starts = plan.nodes.map(() => 0);
  for (const { to } of forward) waits[to] = (waits[to] ?? 0) + 1;
  const ready = plan.nodes.flatMap(({ index }) => (waits[index] === 0 ? [index] : []));
  let last = 0;
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    const node = plan.nodes[index];
    const end = (starts[index] ?? 0) + timeOf(node?.id ?? '');
    last = Math.max(last, end);
    for (const edge of node?.outputs.flatMap(({ edges }) => edges) ?? []) {
      const { to = 0, loopOf = 0 } = plan.edges[edge] ?? {};
      if (loopOf >= 0) continue;
      starts[to] = Math.max(starts[to] ?? 0, end);
      waits[to] = (waits[to] ?? 0) - 1;
      if (waits[to] === 0) ready.push(to);
    }
  }
  return last;
}
