import { HeddleError, schemaOfType, valueText, type PortTypeName } from '@heddle/core';
import { typeText } from './field-name.js';

/** Converts a value to a port type, with more conversions than an edge. Errors: `schema_mismatch`. */
export function convertTo(type: PortTypeName, value: unknown): unknown {
  const converted = type.endsWith('[]') ? toList(type, value) : toOne(type, value);
  const parsed = schemaOfType(type).safeParse(converted);
  if (parsed.success) return converted;
  const [first] = parsed.error.issues;
  throw new HeddleError(
    'schema_mismatch',
    `The value cannot be converted to ${typeText[type]}: ${first?.path.join('.') ?? ''} ${first?.message ?? 'it does not fit'}.`.replace(
      ':  ',
      ': ',
    ),
  );
}

function toOne(type: PortTypeName, value: unknown): unknown {
  if (type === 'Text') return valueText(value);
  if (type === 'Number' && typeof value === 'string' && value.trim() !== '') return Number(value.trim());
  if (type === 'Number' && typeof value === 'boolean') return value ? 1 : 0;
  if (type === 'Boolean') return toBoolean(value);
  if (type === 'Messages' && typeof value === 'string') return [{ role: 'user', content: value }];
  return value;
}

function toList(type: PortTypeName, value: unknown): unknown {
  const item = itemType(type);
  // A value of the item's type counts as one item, even if it is a list itself, such as a conversation or passages.
  const isItem =
    item !== 'Json' && schemaOfType(item).safeParse(value).success && !(Array.isArray(value) && value.length === 0);
  const list: readonly unknown[] = Array.isArray(value) && !isItem ? value : [value];
  return list.map((entry) => toOne(item, entry));
}

function itemType(type: PortTypeName): PortTypeName {
  const name = type.slice(0, -2);
  // Every list type is a base type followed by `[]`.
  return name as PortTypeName;
}

function toBoolean(value: unknown): unknown {
  if (value === 'true' || value === 1) return true;
  return value === 'false' || value === 0 || value === null ? false : value;
}
