import { authorise, describePorts, type Principal } from '@heddle/core';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { Heddle } from '../../heddle/heddle.js';
import type { Published, PublishedWorkflow } from '../published.js';

/** A workflow as a tool; the name is its slug, the schema its interface. */
export interface WorkflowTool {
  readonly workflow: PublishedWorkflow;
  readonly tool: Tool;
}

/** Live workflows that the caller may run, as tools. */
export async function workflowTools(
  heddle: Heddle,
  published: Published,
  principal: Principal,
): Promise<readonly WorkflowTool[]> {
  const found: WorkflowTool[] = [];
  for (const workflow of await published.list()) {
    const resource = await heddle.ownership.resourceOf('workflow', workflow.workflowId);
    if (authorise(principal, 'run:start', resource, heddle.clock.now()) !== 'allowed') continue;
    found.push({ workflow, tool: toolOf(workflow) });
  }
  return found;
}

function toolOf({ slug, name, plan }: PublishedWorkflow): Tool {
  const inputs = describePorts(plan.interface.inputs);
  return {
    name: slug,
    title: name,
    description: plan.document.description ?? name,
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries(inputs.map(({ name: input, schema }) => [input, schema ?? {}])),
      required: inputs.filter(({ isOptional }) => !isOptional).map(({ name: input }) => input),
    },
  };
}
