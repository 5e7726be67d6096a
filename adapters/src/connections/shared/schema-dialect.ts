import { isPlainObject, type JsonObject, type JsonValue } from '@heddle/core';

/** The subset of JSON Schema that a provider supports. */
interface SchemaDialect {
  /** Supported keywords. Others are left out and checked here after the answer. */
  readonly keywords: ReadonlySet<string>;
  readonly needsAllRequired: boolean;
  readonly needsClosed: boolean;
}

const common = [
  'type',
  'enum',
  'description',
  'title',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'anyOf',
  '$ref',
  '$defs',
];
const numbers = ['minimum', 'maximum', 'minItems', 'maxItems'];

export const openAiDialect: SchemaDialect = {
  keywords: new Set([
    ...common,
    ...numbers,
    'const',
    'pattern',
    'format',
    'multipleOf',
    'exclusiveMinimum',
    'exclusiveMaximum',
  ]),
  needsAllRequired: true,
  needsClosed: true,
};
export const anthropicDialect: SchemaDialect = {
  keywords: new Set([...common, 'const']),
  needsAllRequired: false,
  needsClosed: true,
};
export const googleDialect: SchemaDialect = {
  keywords: new Set([...common, ...numbers]),
  needsAllRequired: false,
  needsClosed: false,
};

/** Keywords that no dialect supports with the same meaning. */
const composed: readonly string[] = ['allOf', 'oneOf', 'not', 'if', 'patternProperties', 'prefixItems', 'definitions'];
const deepest = 10;

/**
 * Converts a schema to a dialect. The result is never structurally looser than the given schema; undefined if the dialect cannot express
 * it.
 *
 * @example toDialect(schema, openAiDialect)
 */
export function toDialect(schema: JsonObject, dialect: SchemaDialect): JsonObject | undefined {
  return schema['type'] === 'object' ? convert(schema, dialect, 0) : undefined;
}

function convert(schema: JsonObject, dialect: SchemaDialect, depth: number): JsonObject | undefined {
  if (depth > deepest || composed.some((name) => Object.hasOwn(schema, name))) return undefined;
  const result: Record<string, JsonValue> = {};
  for (const [name, part] of Object.entries(schema)) {
    if (part === undefined) continue;
    if (name === 'const' && !dialect.keywords.has('const')) result['enum'] = [part];
    if (!dialect.keywords.has(name)) continue;
    const converted = convertPart(name, part, dialect, depth);
    if (converted === undefined) return undefined;
    result[name] = converted;
  }
  const { type, properties, required, additionalProperties } = schema;
  if (type !== 'object' && !(Array.isArray(type) && type.includes('object'))) return result;
  const names = isPlainObject(properties) ? Object.keys(properties) : [];
  const needed: readonly JsonValue[] = Array.isArray(required) ? required : [];
  const isClosed = additionalProperties === undefined || additionalProperties === false;
  if (dialect.needsClosed && (!isClosed || names.length === 0)) return undefined;
  if (dialect.needsAllRequired && names.some((name) => !needed.includes(name))) return undefined;
  return dialect.needsClosed ? { ...result, additionalProperties: false } : result;
}

function convertPart(name: string, part: JsonValue, dialect: SchemaDialect, depth: number): JsonValue | undefined {
  if (name === 'items') return convertValue(part, dialect, depth);
  if (name === 'anyOf' && Array.isArray(part)) {
    const options: JsonValue[] = [];
    for (const option of part as readonly JsonValue[]) {
      const converted = convertValue(option, dialect, depth);
      if (converted === undefined) return undefined;
      options.push(converted);
    }
    return options;
  }
  if (name !== 'properties' && name !== '$defs') return part;
  const entries: [string, JsonValue][] = [];
  for (const [key, entry] of Object.entries(asObject(part) ?? {})) {
    const converted = entry === undefined ? undefined : convertValue(entry, dialect, depth);
    if (converted === undefined) return undefined;
    entries.push([key, converted]);
  }
  return Object.fromEntries(entries);
}

function convertValue(value: JsonValue, dialect: SchemaDialect, depth: number): JsonValue | undefined {
  const schema = asObject(value);
  return schema === undefined ? value : convert(schema, dialect, depth + 1);
}

function asObject(value: JsonValue): JsonObject | undefined {
  return isPlainObject(value) ? value : undefined;
}
