import { authorise, describePorts, type Clock, type Principal } from '@heddle/core';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { Ownership } from '../../auth/rights/ownership.js';
import { withDataUrls } from '../../publishing/with-data-urls.js';
import type { Published, PublishedWorkflow } from '../published.js';

/** The live workflows that the caller may run. */
export async function workflowsFor(
  { ownership, clock }: { readonly ownership: Ownership; readonly clock: Clock },
  published: Published,
  principal: Principal,
): Promise<readonly PublishedWorkflow[]> {
  const found: PublishedWorkflow[] = [];
  for (const workflow of await published.list()) {
    const resource = await ownership.resourceOf('workflow', workflow.workflowId);
    if (authorise(principal, 'run:published', resource, clock.now()) === 'allowed') found.push(workflow);
  }
  return found;
}

/** A workflow as a tool: its slug is the name, its interface the schema. */
export function toolOf({ slug, name, plan }: PublishedWorkflow): Tool {
  const inputs = describePorts(plan.interface.inputs);
  // A `$ref` counts from the root of the schema, so definitions of the inputs move there.
  const shapes: Record<string, unknown> = {};
  const properties: Record<string, object> = {};
  for (const { name: input, type, schema = {} } of inputs) {
    const { $defs, ...rest } = schema;
    Object.assign(shapes, $defs);
    properties[input] = withDataUrls(type, rest);
  }
  return {
    name: slug,
    title: name,
    description: plan.document.description ?? name,
    inputSchema: {
      type: 'object',
      properties,
      required: inputs.filter(({ isOptional }) => !isOptional).map(({ name: input }) => input),
      ...(Object.keys(shapes).length === 0 ? {} : { $defs: shapes }),
    },
  };
}
