import type { ToolRegistry } from '@heddle/adapters/tools';
import type { WorkflowStore } from '@heddle/core';
import { toolNamesIn } from '@heddle/nodes';

/** Whether a tool of this name exists: of a registered server, a server as a whole, or a tool of an agent in a stored workflow. */
export async function isToolKnown(
  name: string,
  registry: Pick<ToolRegistry, 'view'>,
  workflows: Pick<WorkflowStore, 'list'>,
): Promise<boolean> {
  const view = await registry.view();
  if (view.servers.some(({ id }) => id === name)) return true;
  if (view.tools().some((tool) => tool.name === name)) return true;
  return (await workflows.list()).some(({ document }) => toolNamesIn(document).includes(name));
}
