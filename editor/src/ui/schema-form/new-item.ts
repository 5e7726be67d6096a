import { isPlainObject } from '@heddle/core';
import { emptyValue, type SchemaField } from './schema-field.js';

/**
 * Creates a new item for a list. An item with a restricted `name` gets a name that no other item has, so that it is valid before anything
 * is typed.
 *
 * @example newItem(field, [{ name: 'answer' }], 'field') // { name: 'field2' }
 */
export function newItem(field: SchemaField, items: readonly unknown[], one: string): unknown {
  const empty = emptyValue(field);
  if (field.kind !== 'record' || !isPlainObject(empty) || empty['name'] !== '') return empty;
  if (!field.fields.some((inner) => inner.name === 'name' && inner.kind === 'text' && inner.isName === true))
    return empty;
  const taken = new Set(items.map((item) => (isPlainObject(item) ? item['name'] : undefined)));
  const stem = one.replace(/[^a-z]/g, '');
  let number = items.length + 1;
  while (taken.has(`${stem}${number}`)) number += 1;
  return { ...empty, name: `${stem}${number}` };
}
