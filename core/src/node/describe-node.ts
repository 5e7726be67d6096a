import { z } from 'zod';
import { PortTypeNameSchema } from '../types/port-type.js';
import type { Port, Ports } from '../types/port.js';
import { runThrough, type Steps } from '../values/steps.js';
import type { NodeDefinition } from './node-definition.js';

/** A port as JSON. */
export const PortDescription = z
  .object({
    name: z.string(),
    type: PortTypeNameSchema,
    isOptional: z.boolean(),
    mode: z.enum(['one', 'many', 'stream']),
    title: z.string().optional(),
    help: z.string().optional(),
    default: z.unknown().optional(),
    sameAs: z.string().optional(),
    /** JSON schema, if it is narrower than the port's type. */
    schema: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'PortDescription' });
export type PortDescription = z.infer<typeof PortDescription>;

/** A node type as JSON, for the editor, the docs and the API: an entry of `GET /api/nodes`. */
export const NodeDescription = z
  .object({
    type: z.string(),
    version: z.int().positive(),
    category: z.string(),
    title: z.string(),
    summary: z.string(),
    help: z.string().optional(),
    icon: z.string().optional(),
    keywords: z.array(z.string()).optional(),
    standsFor: z.array(z.object({ names: z.array(z.string()), note: z.string() })).optional(),
    role: z.enum(['source', 'step', 'sink']),
    effects: z.array(z.string()),
    headline: z.string().optional(),
    /**
     * The config fields that can take a prompt from the library: `text` one without variables, `template` one with variables, `chat` also a
     * chat.
     */
    prompts: z.record(z.string(), z.enum(['text', 'template', 'chat'])).optional(),
    /** JSON schema of the config; fields with a default are optional. */
    config: z.record(z.string(), z.unknown()),
    /** The config of a new node, with every default. */
    defaults: z.record(z.string(), z.unknown()),
    inputs: z.array(PortDescription),
    outputs: z.array(PortDescription),
    hasDynamicPorts: z.boolean(),
    example: z
      .object({
        config: z.record(z.string(), z.unknown()),
        inputs: z.record(z.string(), z.unknown()).optional(),
        outputs: z.record(z.string(), z.unknown()).optional(),
      })
      .optional(),
  })
  .meta({ id: 'NodeDescription' });
export type NodeDescription = z.infer<typeof NodeDescription>;

/** Converts a zod schema into a JSON schema. What JSON schema does not support becomes `{}`. */
export function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  });
  return rest;
}

function describePort(name: string, port: Port): PortDescription {
  return {
    name,
    type: port.type,
    isOptional: port.isOptional,
    mode: port.mode,
    title: port.title,
    help: port.help,
    default: port.default,
    sameAs: port.sameAs,
    schema: port.schema === undefined ? undefined : jsonSchemaOf(port.schema),
  };
}

/** The ports of one side, in order. */
export const describePorts = (ports: Ports): PortDescription[] => runThrough(describePortsSteps(ports));

/** Ports to describe between two pauses; a port with its own schema takes a while. */
const stretch = 50;

/** `describePorts` in steps. */
export function* describePortsSteps(ports: Ports): Steps<PortDescription[]> {
  const described: PortDescription[] = [];
  for (const [name, port] of Object.entries(ports)) {
    described.push(describePort(name, port));
    if (described.length % stretch === 0) yield;
  }
  return described;
}

/** Describes a node type as JSON. */
export function describeNode(definition: NodeDefinition): NodeDescription {
  const defaults = definition.config.safeParse({});
  const filled = defaults.success ? defaults.data : (definition.example?.config ?? {});
  return {
    type: definition.type,
    version: definition.version,
    category: definition.category,
    title: definition.title,
    summary: definition.summary,
    help: definition.help,
    icon: definition.icon,
    keywords: definition.keywords === undefined ? undefined : [...definition.keywords],
    standsFor: definition.standsFor?.map(({ names, note }) => ({ names: [...names], note })),
    headline: definition.headline,
    prompts: definition.prompts,
    role: definition.role,
    effects: [...definition.effects],
    config: jsonSchemaOf(definition.config),
    defaults: z.record(z.string(), z.unknown()).parse(filled),
    inputs: describePorts(definition.inputs),
    outputs: describePorts(definition.outputs),
    hasDynamicPorts: definition.ports !== undefined,
    example: definition.example === undefined ? undefined : copyExample(definition.example),
  };
}

function copyExample(example: NonNullable<NodeDefinition['example']>): NonNullable<NodeDescription['example']> {
  return {
    config: { ...example.config },
    inputs: example.inputs === undefined ? undefined : { ...example.inputs },
    outputs: example.outputs === undefined ? undefined : { ...example.outputs },
  };
}
