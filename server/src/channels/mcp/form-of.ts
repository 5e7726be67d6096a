import { isPlainObject, withoutUndefined, type OpenRequest } from '@heddle/core';
import type { ElicitRequestFormParams, PrimitiveSchemaDefinition } from '@modelcontextprotocol/server';

type Form = ElicitRequestFormParams['requestedSchema'];
type Schema = Readonly<Record<string, unknown>>;
type Question = OpenRequest['question'];

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const textsOf = (value: unknown): string[] | undefined =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string') ? value : undefined;

const formats = new Set(['email', 'uri', 'date', 'date-time']);

/**
 * Converts the schema of an answer to a form of the protocol, which has only texts, numbers, booleans and choices. Undefined if the
 * question needs more.
 *
 * @example formOf({ title: 'Send it?', schema: { type: 'object', properties: { choice: { type: 'string', enum: ['yes', 'no'] } } } })
 */
export function formOf({ schema, buttons = [] }: Question): Form | undefined {
  const properties = isPlainObject(schema['properties']) ? schema['properties'] : {};
  const fields: Record<string, PrimitiveSchemaDefinition> = {};
  for (const [name, field] of Object.entries(properties)) {
    const shown = isPlainObject(field) ? fieldOf(field) : undefined;
    if (shown === undefined) return undefined;
    fields[name] = shown;
  }
  if (buttons.length > 0)
    fields['choice'] = {
      type: 'string',
      title: 'Choice',
      enum: buttons.map(({ id }) => id),
      enumNames: buttons.map(({ title }) => title),
    };
  return { type: 'object', properties: fields, required: textsOf(schema['required']) ?? [] };
}

function fieldOf(field: Schema): PrimitiveSchemaDefinition | undefined {
  const about = withoutUndefined({ title: textOf(field['title']), description: textOf(field['description']) });
  const { default: value } = field;
  switch (field['type']) {
    case 'boolean':
      return { type: 'boolean', ...about, ...(typeof value === 'boolean' ? { default: value } : {}) };
    case 'number':
    case 'integer': {
      const minimum = numberOf(field['minimum']);
      const maximum = numberOf(field['maximum']);
      return { type: field['type'], ...about, ...withoutUndefined({ minimum, maximum, default: numberOf(value) }) };
    }
    case 'string':
      return textField(field, about);
    case 'array':
      return listField(field, about);
    default:
      return undefined;
  }
}

/** A field that takes several of its options. */
function listField(field: Schema, about: object): PrimitiveSchemaDefinition | undefined {
  const { items } = field;
  if (!isPlainObject(items)) return undefined;
  const minItems = numberOf(field['minItems']);
  const maxItems = numberOf(field['maxItems']);
  const limits = withoutUndefined({ minItems, maxItems, default: textsOf(field['default']) });
  const anyOf = titledOf(items['anyOf']);
  if (anyOf !== undefined) return { type: 'array', ...about, items: { anyOf }, ...limits };
  const choices = items['type'] === 'string' ? textsOf(items['enum']) : undefined;
  return choices === undefined
    ? undefined
    : { type: 'array', ...about, items: { type: 'string', enum: choices }, ...limits };
}

interface Titled {
  readonly const: string;
  readonly title: string;
}

function titledOf(value: unknown): Titled[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const entries: readonly unknown[] = value;
  const titled = entries.flatMap((entry) => {
    const [name, title] = isPlainObject(entry) ? [textOf(entry['const']), textOf(entry['title'])] : [];
    return name === undefined || title === undefined ? [] : [{ const: name, title }];
  });
  return titled.length === entries.length ? titled : undefined;
}

function textField(field: Schema, about: object): PrimitiveSchemaDefinition | undefined {
  const value = textOf(field['default']);
  const kept = withoutUndefined({ default: value });
  if (field['enum'] !== undefined) {
    const choices = textsOf(field['enum']);
    const enumNames = textsOf(field['enumNames']);
    if (choices === undefined) return undefined;
    return { type: 'string', ...about, enum: choices, ...withoutUndefined({ enumNames }), ...kept };
  }
  const titled = titledOf(field['oneOf']);
  if (titled !== undefined) return { type: 'string', ...about, oneOf: titled, ...kept };
  // If the form cannot express a rule of the schema, the person must not be asked with this form.
  if (['oneOf', 'anyOf', 'allOf', 'const', 'not'].some((word) => field[word] !== undefined)) return undefined;
  const format = textOf(field['format']);
  const minLength = numberOf(field['minLength']);
  const maxLength = numberOf(field['maxLength']);
  return {
    type: 'string',
    ...about,
    ...kept,
    ...withoutUndefined({ minLength, maxLength }),
    ...(format !== undefined && formats.has(format) ? { format: format as 'email' } : {}),
  };
}
