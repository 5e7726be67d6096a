import { canonicalJson, HeddleError, type LabelledValue, type Plan } from '@heddle/core';
import { nodeOfPath } from './reused-results.js';

type Inputs = Readonly<Record<string, LabelledValue>>;

/**
 * Selects the reused results that fit a run with other inputs. Input nodes give the new inputs, and nodes that depend on a changed input
 * are computed again. Errors: `reused_result_mismatch` if such a node has a reused result.
 */
export function reusedForInputs(plan: Plan, reused: readonly string[], now: Inputs, before: Inputs): readonly string[] {
  const changed = Object.keys({ ...now, ...before }).filter(
    (name) => canonicalJson(now[name]?.value ?? null) !== canonicalJson(before[name]?.value ?? null),
  );
  if (changed.length === 0) return reused;
  const reached = nodesBehind(plan, new Set(changed));
  const stale = [...new Set(reused.map(nodeOfPath))].filter((id) => reached.has(id));
  if (stale.length > 0)
    throw new HeddleError(
      'reused_result_mismatch',
      `${listOf(stale)} had another ${listOf(changed)} in that run, so its results do not fit: run from an earlier node, or give the inputs that it had.`,
      { details: { nodes: stale, inputs: changed } },
    );
  const isSource = (path: string): boolean =>
    plan.nodes[plan.indexOf.get(nodeOfPath(path)) ?? -1]?.definition.role === 'source';
  return reused.filter((path) => !isSource(path));
}

/** Finds the ids of the nodes that depend on these inputs. */
function nodesBehind(plan: Plan, names: ReadonlySet<string>): ReadonlySet<string> {
  const targets = (edges: readonly number[]): number[] => edges.map((edge) => plan.edges[edge]?.to ?? -1);
  const reached = new Set(
    plan.sources.flatMap((source) =>
      (plan.nodes[source]?.outputs ?? []).filter(({ name }) => names.has(name)).flatMap(({ edges }) => targets(edges)),
    ),
  );
  for (const index of reached)
    for (const output of plan.nodes[index]?.outputs ?? [])
      for (const target of targets(output.edges)) reached.add(target);
  return new Set([...reached].map((index) => plan.nodes[index]?.id ?? ''));
}

const listOf = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
