import { HeddleError, type ConnectionStore, type Journal, type WorkflowStore } from '@heddle/core';

export interface KillSwitchTargets {
  readonly workflows: Pick<WorkflowStore, 'get'>;
  readonly connections: Pick<ConnectionStore, 'get'>;
  readonly journal: Pick<Journal, 'list'>;
  /** Whether a tool server has this id; its calls go through a connection of the same name. */
  readonly hasServer: (id: string) => Promise<boolean>;
  /** Whether a tool with this name is known. Agents can name their tools freely. */
  readonly hasTool: (name: string) => Promise<boolean>;
}

/**
 * The target of a kill switch as it is stored, with the id of a workflow instead of its slug. A target that does not exist is refused, so
 * that nobody relies on it. Errors: `workflow_not_found`, `connection_not_found`.
 *
 * @example await killSwitchTarget('workflow:ask-the-handbook', targets) // 'workflow:5f0c…'
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
    // A deleted workflow may still have runs that wait or that are started again.
    const isGone = error instanceof HeddleError && error.code === 'workflow_not_found';
    if (isGone && (await journal.list({ workflowId: named, limit: 1 })).length > 0) return named;
    throw error;
  }
}

/** Warnings about a target that is stopped all the same. Agents choose the names of their tools, so an unknown name cannot be refused. */
export async function killSwitchWarnings(
  target: string,
  { hasTool }: Pick<KillSwitchTargets, 'hasTool'>,
): Promise<readonly string[]> {
  const tool = /^tool:(.+)$/.exec(target)?.[1];
  // The kill switch is active even if its name cannot be looked up, so that failure gives no warning.
  if (tool === undefined || (await hasTool(tool).catch(() => true))) return [];
  return [
    `No tool of the name '${tool}' is known: no registered server and no agent of a stored workflow has one. The kill switch is on, and applies to any tool of this name.`,
  ];
}
