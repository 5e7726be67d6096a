import {
  authorise,
  describePorts,
  jsonSchemaOf,
  schemaOfType,
  withoutUndefined,
  type Clock,
  type PortDescription,
  type Principal,
} from '@heddle/core';
import type { JSONObject, Tool } from '@modelcontextprotocol/server';
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

/** Describes a workflow as a tool: its slug is the name, and its interface gives the schemas. */
export function toolOf({ slug, name, plan }: PublishedWorkflow): Tool {
  const inputs = describePorts(plan.interface.inputs);
  const outputs = describePorts(plan.interface.outputs);
  return {
    name: slug,
    title: name,
    description: plan.document.description ?? name,
    inputSchema: {
      ...schemaOf(inputs, withDataUrls),
      required: inputs.filter(({ isOptional }) => !isOptional).map(({ name: input }) => input),
    },
    // A run may not reach some outputs, which are then missing in its result, so none is required.
    outputSchema: schemaOf(outputs, (_type, schema) => schema),
  };
}

type Schema = Readonly<Record<string, unknown>>;

/**
 * The schema of an object with the ports as properties. `$ref` is relative to the root of the schema, so the definitions of ports move to
 * the root.
 */
function schemaOf(
  ports: readonly PortDescription[],
  shown: (type: string, schema: Schema) => Schema,
): Tool['inputSchema'] {
  const shapes: Record<string, unknown> = {};
  const properties: JSONObject = {};
  for (const { name, title, help: description, default: value, type, schema } of ports) {
    const { $defs, ...rest } = schema ?? jsonSchemaOf(schemaOfType(type));
    Object.assign(shapes, $defs);
    // A JSON Schema is JSON.
    properties[name] = shown(type, {
      ...withoutUndefined({ title, description, default: value }),
      ...rest,
    }) as JSONObject;
  }
  return { type: 'object', properties, ...(Object.keys(shapes).length === 0 ? {} : { $defs: shapes }) };
}
