import {
  HeddleError,
  LabelLevel,
  NodeDescription,
  PortDescription,
  type DynamicPorts,
  type NodeReference,
  type Port,
  type Ports,
} from '@heddle/core';
import { z } from 'zod';
import { checkPlain } from '../wire/plain-value.js';

const Paths = z.record(z.string(), z.array(z.string()).max(1000));

export const DescribedNode = z.object({
  description: NodeDescription.extend({
    type: z
      .string()
      .max(100)
      .regex(/^[a-z][a-z0-9]*(?:[-./:][a-z0-9]+)*$/),
    category: z.string().max(100),
    title: z.string().min(1).max(200),
    summary: z.string().min(1).max(2_000),
    keywords: z.array(z.string().max(100)).max(200).optional(),
    standsFor: z
      .array(z.object({ names: z.array(z.string().max(100)).max(200), note: z.string().max(500) }))
      .max(50)
      .optional(),
    effects: z.array(z.enum(['model', 'network', 'vectors', 'files', 'process', 'human'])),
  }),
  paths: Paths,
  stores: z.boolean().optional(),
  declassifies: z.enum(['redaction', 'approval']).optional(),
  has: z.object({
    ports: z.boolean(),
    references: z.boolean(),
    interfaceOf: z.boolean(),
    labelOf: z.boolean(),
    declassifiesTo: z.boolean(),
    limits: z.boolean(),
    check: z.boolean(),
    migrate: z.boolean(),
  }),
});
export type DescribedNode = z.infer<typeof DescribedNode>;

const Reference = z.object({
  kind: z.enum([
    'model',
    'embedder',
    'reranker',
    'classifier',
    'collection',
    'workflow',
    'secret',
    'connection',
    'policy',
    'tool',
    'person',
    'network',
  ]),
  id: z.string(),
  field: z.string(),
  isChoice: z.boolean().optional(),
}) satisfies z.ZodType<NodeReference>;

/** The result of a function of the node, or the message of what it threw. */
const tried = <Value extends z.ZodType>(value: Value) =>
  z.union([z.object({ message: z.string() }), z.object({ value: value.optional() })]);

/** A config as its node reads it, with everything derived from it. */
export const Reading = z.union([
  z.object({ issues: z.array(z.object({ path: z.array(z.string()), message: z.string() })).max(1_000) }),
  z.object({
    config: z.unknown(),
    ports: tried(
      z.object({
        inputs: z.array(PortDescription).max(1_000).optional(),
        outputs: z.array(PortDescription).max(1_000).optional(),
        paths: Paths,
      }),
    ),
    references: tried(z.array(Reference).max(1_000)),
    interfaceOf: tried(z.string()),
    labelOf: tried(LabelLevel),
    declassifiesTo: tried(z.record(z.string(), z.object({ from: LabelLevel, to: LabelLevel }))),
    limits: tried(z.array(z.string().max(200)).max(100)),
    check: tried(z.array(z.object({ field: z.string(), message: z.string(), fix: z.string().optional() })).max(1_000)),
  }),
]);
export type Reading = z.infer<typeof Reading>;
export type FittingReading = Exclude<Reading, { issues: unknown }>;

/** Parses a process's descriptions of its nodes. Errors: `custom_nodes_invalid`. */
export function parseDescriptions(name: string, value: unknown): readonly DescribedNode[] {
  checkPlain(value);
  const parsed = z.array(DescribedNode).min(1).max(1_000).safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new HeddleError(
    'custom_nodes_invalid',
    `The description of the nodes of '${name}' is not valid. ${fields.join('; ')}.`,
  );
}

export function portsFrom(
  described: readonly PortDescription[],
  paths: Readonly<Record<string, readonly string[]>> = {},
): Ports {
  return Object.fromEntries(
    described.map(({ name, schema, ...port }): [string, Port] => {
      const asked = Object.hasOwn(paths, name) ? paths[name] : undefined;
      return [
        name,
        {
          ...port,
          schema: schema === undefined ? undefined : z.fromJSONSchema(schema),
          paths: asked,
        },
      ];
    }),
  );
}

export function dynamicPortsFrom(
  given:
    | {
        readonly inputs?: PortDescription[] | undefined;
        readonly outputs?: PortDescription[] | undefined;
        readonly paths: Readonly<Record<string, readonly string[]>>;
      }
    | undefined,
): DynamicPorts {
  return {
    inputs: given?.inputs === undefined ? undefined : portsFrom(given.inputs, given.paths),
    outputs: given?.outputs === undefined ? undefined : portsFrom(given.outputs),
  };
}
