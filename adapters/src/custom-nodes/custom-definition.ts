import { HeddleError, type NodeDefinition } from '@heddle/core';
import { z } from 'zod';

const Function = z.custom<(...args: never[]) => unknown>((value) => typeof value === 'function', {
  error: 'Expected a function',
});
const Schema = z.custom<z.ZodType>(
  (value) => typeof value === 'object' && value !== null && 'safeParse' in value && '_zod' in value,
  { error: 'Expected a zod 4 schema, such as z.object({})' },
);
const PortShape = z.looseObject({ type: z.string(), isOptional: z.boolean(), mode: z.enum(['one', 'many', 'stream']) });

/** The fields that every definition must have; `heddle node test` checks the rest. */
const Shape = z.looseObject({
  type: z
    .string()
    .regex(/^[a-z][a-z0-9]*(?:[-./:][a-z0-9]+)*$/, 'Expected lower-case words, such as word-count or acme/word-count'),
  version: z.int().positive(),
  category: z.string(),
  title: z.string().min(1),
  summary: z.string().min(1),
  keywords: z.array(z.string().min(1).max(100)).max(200).optional(),
  standsFor: z
    .array(z.object({ names: z.array(z.string().min(1).max(100)).max(200), note: z.string().max(500) }))
    .max(50)
    .optional(),
  role: z.enum(['source', 'step', 'sink']),
  effects: z.array(z.enum(['model', 'network', 'vectors', 'files', 'process', 'human'])),
  config: Schema,
  inputs: z.record(z.string(), PortShape),
  outputs: z.record(z.string(), PortShape),
  run: Function,
  ports: Function.optional(),
  references: Function.optional(),
  interfaceOf: Function.optional(),
  limits: Function.optional(),
  check: Function.optional(),
  migrate: Function.optional(),
});

/** Whether an export is meant to be a node; other exports of a package are ignored. */
export function isLikelyNode(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && 'run' in value;
}

/** Checks that an export is a node definition. Errors: `custom_nodes_invalid` with each invalid field. */
export function readDefinition(value: unknown, where: string): NodeDefinition {
  const parsed = Shape.safeParse(value);
  if (parsed.success) {
    // The shape was just checked; functions cannot be checked any further.
    return value as NodeDefinition;
  }
  const name =
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
      ? ` '${value.type}'`
      : '';
  const fields = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the node'}: ${message}`);
  throw new HeddleError(
    'custom_nodes_invalid',
    `The node${name} of ${where} is not complete. ${fields.join('; ')}. Write it with defineNode from @heddle/core.`,
    { details: { fields } },
  );
}
