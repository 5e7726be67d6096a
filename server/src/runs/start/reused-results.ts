import {
  errorPortName,
  HeddleError,
  isSettled,
  type Journal,
  type Plan,
  type PlanBundle,
  type RunEvent,
  type RunOptions,
} from '@heddle/core';
import { refuseWithoutValues } from './resume-refusals.js';
import { meansTheSame } from './same-meaning.js';

/** The node id at the start of an execution path. */
export function nodeOfPath(path: string): string {
  return /^[^/@#]+/.exec(path)?.[0] ?? path;
}

/**
 * Collects the events for a run that continues this one: its own, preceded by reused results that it never needed before it failed. Results
 * with deleted values are left out. Errors: `run_not_found`.
 */
export async function eventsToContinue(journal: Journal, runId: string): Promise<readonly RunEvent[]> {
  const [own, { origin, reused }] = await Promise.all([journal.events(runId), journal.acceptance(runId)]);
  const unused = new Set(reused);
  for (const event of own) if (isSettled(event)) unused.delete(event.path);
  if (origin === undefined || unused.size === 0) return own;
  try {
    refuseWithoutValues(await journal.summary(origin));
    const earlier = await eventsToContinue(journal, origin);
    return [...earlier.filter((event) => isSettled(event) && unused.has(event.path)), ...own];
  } catch (error) {
    if (error instanceof HeddleError && (error.code === 'run_not_found' || error.code === 'conflict')) return own;
    throw error;
  }
}

/**
 * Lists the executions of an earlier run that can be reused: those with a result, and failures that left through an error port. Nodes that
 * must run now are left out.
 */
export function reusableOf(
  plan: Plan,
  events: readonly RunEvent[],
  options: Pick<RunOptions, 'from' | 'only'>,
): string[] {
  const again = nodesToRun(plan, options);
  const ended = new Set<string>();
  for (const event of events) if (isSettled(event)) ended.add(event.path);
  return [...ended].filter((path) => plan.indexOf.has(nodeOfPath(path)) && !again.has(nodeOfPath(path)));
}

/** Gives, by node, the ports with a reused value. */
export function portsOfReused(
  reused: readonly string[],
  events: readonly RunEvent[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const wanted = new Set(reused);
  const ports = new Map<string, Set<string>>();
  for (const event of events) {
    if (!isSettled(event) || !wanted.has(event.path)) continue;
    const node = nodeOfPath(event.path);
    const taken = event.type === 'node-error' ? [errorPortName] : Object.keys(event.outputs);
    ports.set(node, new Set([...(ports.get(node) ?? []), ...taken]));
  }
  return ports;
}

/** Refuses reused results of nodes that have changed. Errors: `reused_result_mismatch`. */
export function checkReused(reused: readonly string[], plan: Plan, now: PlanBundle, before: PlanBundle): void {
  const nodes = [...new Set(reused.map(nodeOfPath))];
  const changed = nodes.filter((id) => !meansTheSame(id, plan, now, before));
  if (changed.length === 0) return;
  const names = changed.map((id) => `'${id}'`).join(', ');
  throw new HeddleError(
    'reused_result_mismatch',
    `${names} changed since that run, so its results do not fit: run from an earlier node, or run everything.`,
    { details: { nodes: changed } },
  );
}

/** Finds the nodes that must run: the chosen one, and with `from` also all that depend on it. */
function nodesToRun(plan: Plan, options: Pick<RunOptions, 'from' | 'only'>): ReadonlySet<string> {
  const chosen = options.only ?? options.from;
  if (chosen === undefined) return new Set();
  const start = plan.indexOf.get(chosen);
  if (start === undefined)
    throw new HeddleError('bad_request', `The workflow has no node '${chosen}'.`, { details: { node: chosen } });
  if (options.only !== undefined) return new Set([chosen]);
  const reached = new Set<number>([start]);
  for (const index of reached) {
    for (const output of plan.nodes[index]?.outputs ?? []) {
      for (const edge of output.edges) {
        const to = plan.edges[edge]?.to;
        if (to !== undefined) reached.add(to);
      }
    }
  }
  return new Set([...reached].map((index) => plan.nodes[index]?.id ?? ''));
}
