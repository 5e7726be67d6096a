import { nodeOf, scopeOf, type ExecutionView, type RunView } from '../run/index.js';

/** The totals of a node over all its executions in a run. */
export interface NodeFigures {
  readonly id: string;
  readonly last: ExecutionView;
  readonly runs: number;
  readonly failed: number;
  readonly ms: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
}

/**
 * The totals of each node of a run, in the order in which they started. Executions of nested runs count for the node that started the
 * nested run.
 */
export function nodeFigures(
  run: Pick<RunView, 'execution' | 'now'>,
  paths: readonly string[],
  scope: string,
): readonly NodeFigures[] {
  const byNode = new Map<string, NodeFigures>();
  const prefix = scope === '' ? '' : `${scope}/`;
  for (const path of paths) {
    if (!path.startsWith(prefix)) continue;
    const execution = run.execution(path);
    if (execution === undefined) continue;
    const isHere = scopeOf(path) === scope;
    const id = isHere ? nodeOf(path) : nodeOf(path.slice(prefix.length).split('/')[0] ?? '');
    const before = byNode.get(id);
    if (before === undefined && !isHere) continue;
    const { usage, startedAt, endedAt } = execution;
    byNode.set(id, {
      id,
      last: isHere || before === undefined ? execution : before.last,
      runs: (before?.runs ?? 0) + (isHere ? 1 : 0),
      failed: (before?.failed ?? 0) + (isHere && execution.status === 'failed' ? 1 : 0),
      ms: (before?.ms ?? 0) + (isHere && startedAt !== undefined ? Math.max(0, (endedAt ?? run.now()) - startedAt) : 0),
      inputTokens: (before?.inputTokens ?? 0) + (usage?.inputTokens ?? 0),
      outputTokens: (before?.outputTokens ?? 0) + (usage?.outputTokens ?? 0),
      cost: (before?.cost ?? 0) + (usage?.cost ?? 0),
    });
  }
  return [...byNode.values()];
}
