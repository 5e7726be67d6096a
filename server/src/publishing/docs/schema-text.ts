import { z } from 'zod';

/** A JSON schema, or a part of one. */
export const Schema = z.record(z.string(), z.unknown());
export type Schema = z.infer<typeof Schema>;

const labels: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true or false',
  object: 'object',
  array: 'list',
  null: 'null',
};

/** Writes the type of a value as text, with named shapes by name: `list of Message`, `text or list of object`. */
export function typeText(schema: Schema): string {
  const shape = /^#\/\$defs\/(.+)$/.exec(textOf(schema['$ref']) ?? '')?.[1];
  if (shape !== undefined) return shape;
  const alternatives = z
    .array(Schema)
    .catch([])
    .parse(schema['anyOf'] ?? schema['oneOf']);
  if (alternatives.length > 0) return [...new Set(alternatives.map(typeText))].join(' or ');
  const type = textOf(schema['type']);
  const entry = Schema.safeParse(schema['items']);
  if (type === 'array' && entry.success) return `list of ${typeText(entry.data)}`;
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  return labels[type ?? ''] ?? (choicesOf(schema).length > 0 ? 'text' : 'any JSON');
}

/** Gives the allowed values; empty if any value is allowed. */
export function choicesOf(schema: Schema): readonly string[] {
  const choices = z.array(z.unknown()).catch([]).parse(schema['enum']);
  return choices.map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice)));
}

/** Writes the bounds of a value as text. */
export function boundsOf(schema: Schema): string | undefined {
  const bound = (key: string): number | undefined => z.number().optional().catch(undefined).parse(schema[key]);
  const found = [
    phrase('at least', bound('minimum')),
    phrase('at most', bound('maximum')),
    phrase('above', bound('exclusiveMinimum')),
    phrase('at most', bound('maxLength'), 'characters'),
    phrase('at least', bound('minItems'), 'entries'),
    phrase('at most', bound('maxItems'), 'entries'),
  ].filter((part) => part !== undefined);
  return found.length === 0 ? undefined : found.join(', ');
}

/** Leaves out the largest safe integer, which means that there is no bound. */
function phrase(before: string, value: number | undefined, after = ''): string | undefined {
  if (value === undefined || Math.abs(value) === Number.MAX_SAFE_INTEGER) return undefined;
  return `${before} ${value.toLocaleString('en')}${after === '' ? '' : ` ${after}`}`;
}

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
