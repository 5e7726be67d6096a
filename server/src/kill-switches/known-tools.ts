import type { ToolRegistry } from '@heddle/adapters/tools';
import type { WorkflowStore } from '@heddle/core';
import { toolNamesIn } from '@heddle/nodes';

/** Whether a name is known as that of a tool server, a tool of one, or a tool of an agent in a stored workflow. */
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
