import { HeddleError, type ConnectionStore, type Journal, type WorkflowStore } from '@heddle/core';

/** Knows what can be stopped. */
export interface KillSwitchTargets {
  readonly workflows: Pick<WorkflowStore, 'get'>;
  readonly connections: Pick<ConnectionStore, 'get'>;
  readonly journal: Pick<Journal, 'list'>;
  /** Whether a tool server with this id exists: its calls go through a connection of that name. */
  readonly hasServer: (id: string) => Promise<boolean>;
  /** Whether a tool of this name is known: agents can name their tools freely. */
  readonly hasTool: (name: string) => Promise<boolean>;
}

/**
 * The stored target of a kill switch: a workflow by its id, also if it is named by its slug. A target that does not exist is refused, so
 * that nobody relies on it. Errors: `workflow_not_found`, `connection_not_found`.
 *
 * @example await stopTarget('workflow:ask-the-handbook', targets) // 'workflow:5f0c…'
 */
export async function killSwitchTarget(named: string, targets: KillSwitchTargets): Promise<string> {
  const kind = named.slice(0, named.indexOf(':'));
  const id = named.slice(named.indexOf(':') + 1);
  if (kind === 'workflow') return `workflow:${await workflowId(id, targets)}`;
  if (kind === 'connection' && !(await targets.hasServer(id))) await targets.connections.get(id);
  return named;
}

async function workflowId(named: string, { workflows, journal }: KillSwitchTargets): Promise<string> {
  try {
    return (await workflows.get(named)).id;
  } catch (error) {
    // A deleted workflow can have waiting runs, or runs that are started again.
    const isGone = error instanceof HeddleError && error.code === 'workflow_not_found';
    if (isGone && (await journal.list({ workflowId: named, limit: 1 })).length > 0) return named;
    throw error;
  }
}

/** Warnings about a target that is stopped anyway: tool names belong to agents, so none can be refused. */
export async function killSwitchWarnings(
  target: string,
  { hasTool }: Pick<KillSwitchTargets, 'hasTool'>,
): Promise<readonly string[]> {
  const tool = /^tool:(.+)$/.exec(target)?.[1];
  // The kill switch is on: a failure to look up its name must not look as if it were off.
  if (tool === undefined || (await hasTool(tool).catch(() => true))) return [];
  return [
    `No tool of the name '${tool}' is known: no registered server and no agent of a stored workflow has one. The kill switch is on, and applies to any tool of this name.`,
  ];
}
