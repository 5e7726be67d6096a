import { isPlainObject } from '@heddle/core';

export type RowType = 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'object' | 'list';

/** A JSON schema as the builder shows it. */
export interface SchemaShape {
  readonly type: RowType;
  readonly description: string;
  /** For `choice`. */
  readonly options: readonly string[];
  /** For `object`. */
  readonly fields: readonly SchemaRow[];
  /** For `object`: whether other keys are not allowed. */
  readonly isClosed: boolean;
  /** For `list`: the shape of its entries. */
  readonly item: SchemaShape | undefined;
}

export interface SchemaRow {
  readonly name: string;
  readonly isRequired: boolean;
  readonly shape: SchemaShape;
}

type Schema = Readonly<Record<string, unknown>>;

const types: Readonly<Record<string, RowType>> = {
  string: 'text',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  object: 'object',
  array: 'list',
};
const names: Readonly<Record<RowType, string>> = {
  text: 'string',
  choice: 'string',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  object: 'object',
  list: 'array',
};
const deepest = 8;

/** An empty shape of a kind. */
export function emptyShape(type: RowType): SchemaShape {
  return {
    type,
    description: '',
    options: type === 'choice' ? ['yes', 'no'] : [],
    fields: [],
    isClosed: false,
    item: type === 'list' ? emptyShape('text') : undefined,
  };
}

/** Reads a JSON schema into the builder. Undefined if the builder cannot show all of it, so that nothing gets lost. */
export function readShape(schema: unknown, depth = 0): SchemaShape | undefined {
  if (!isPlainObject(schema) || depth > deepest) return undefined;
  const { type, description, enum: options, properties, required, additionalProperties, items, ...rest } = schema;
  if (Object.keys(rest).length > 0 || typeof type !== 'string') return undefined;
  const named = types[type];
  const text = description === undefined ? '' : description;
  if (named === undefined || typeof text !== 'string') return undefined;
  if (options !== undefined)
    return named === 'text' && isTexts(options) && properties === undefined && items === undefined
      ? { ...emptyShape('choice'), description: text, options }
      : undefined;
  if (named === 'object') return readObject({ properties, required, additionalProperties, items }, text, depth);
  if (properties !== undefined || required !== undefined || additionalProperties !== undefined) return undefined;
  if (named !== 'list') return items === undefined ? { ...emptyShape(named), description: text } : undefined;
  const item = readShape(items, depth + 1);
  return item === undefined ? undefined : { ...emptyShape('list'), description: text, item };
}

function readObject(
  { properties, required, additionalProperties, items }: Schema,
  description: string,
  depth: number,
): SchemaShape | undefined {
  if (items !== undefined || (additionalProperties !== undefined && typeof additionalProperties !== 'boolean'))
    return undefined;
  const needed = required === undefined ? [] : required;
  const inner = properties === undefined ? {} : properties;
  if (!isTexts(needed) || !isPlainObject(inner) || needed.some((name) => !Object.hasOwn(inner, name))) return undefined;
  const fields: SchemaRow[] = [];
  for (const [name, schema] of Object.entries(inner)) {
    const shape = readShape(schema, depth + 1);
    if (shape === undefined) return undefined;
    fields.push({ name, isRequired: needed.includes(name), shape });
  }
  return { ...emptyShape('object'), description, fields, isClosed: additionalProperties === false };
}

/** Writes the JSON schema of a shape. If two rows have the same name, the later one counts; a row without a name is skipped. */
export function writeShape({
  type,
  description,
  options,
  fields,
  isClosed,
  item,
}: SchemaShape): Record<string, unknown> {
  const base = { type: names[type], ...(description === '' ? {} : { description }) };
  if (type === 'choice') return { ...base, enum: [...options] };
  if (type === 'list') return { ...base, items: writeShape(item ?? emptyShape('text')) };
  if (type !== 'object') return base;
  const named = fields.filter(({ name }) => name !== '');
  const required = [...new Set(named.filter(({ isRequired }) => isRequired).map(({ name }) => name))];
  return {
    ...base,
    properties: Object.fromEntries(named.map(({ name, shape }) => [name, writeShape(shape)])),
    ...(required.length === 0 ? {} : { required }),
    ...(isClosed ? { additionalProperties: false } : {}),
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
