import { isPlainObject } from '@heddle/core';
import type { SchemaField } from './schema-field.js';

/** What a closed item of a list says: its name first, then what is set of the rest, in few words. */
export function listItemWords(item: SchemaField, value: unknown): string {
  if (!isPlainObject(value) || item.kind !== 'record')
    return typeof value === 'string' ? value.slice(0, 80) : (JSON.stringify(value)?.slice(0, 80) ?? '');
  const words = item.fields.flatMap(({ name }) => {
    const entry = value[name];
    return typeof entry === 'string' && entry !== '' ? [entry.replace(/\s+/g, ' ').slice(0, 60)] : [];
  });
  return words.slice(0, 3).join(' · ');
}

/** Whether an item is so small that it stands in one row: at most three short settings. */
export function isRowItem(item: SchemaField): boolean {
  return item.kind === 'record' && item.fields.length >= 2 && item.fields.length <= 3 && item.fields.every(isShort);
}

/** Whether an item is one short setting: it stands in a line with its number and what can be done with it. */
export function isSingleItem(item: SchemaField): boolean {
  return isShort(item);
}

const isShort = (field: SchemaField): boolean =>
  field.kind === 'boolean' ||
  field.kind === 'choice' ||
  field.kind === 'number' ||
  (field.kind === 'text' && !field.isLong && field.widget !== 'model' && field.widget !== 'expression');

/**
 * What one item of a list is called, for its buttons.
 *
 * @example nameOfOne('Word lists') // 'word list'; nameOfOne('Take out') // 'item'
 */
export function nameOfOne(title: string): string {
  return /s$/.test(title) && !/ (?:and|of|or) /.test(title) ? title.replace(/s$/, '').toLowerCase() : 'item';
}
