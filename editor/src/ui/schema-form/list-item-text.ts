import { isPlainObject } from '@heddle/core';
import type { SchemaField } from './schema-field.js';

/** The summary of a closed list item: its name first, then its other settings in short. */
export function listItemText(item: SchemaField, value: unknown): string {
  if (!isPlainObject(value) || item.kind !== 'record')
    return typeof value === 'string' ? value.slice(0, 80) : (JSON.stringify(value)?.slice(0, 80) ?? '');
  const text = item.fields.flatMap(({ name }) => {
    const entry = value[name];
    return typeof entry === 'string' && entry !== '' ? [entry.replace(/\s+/g, ' ').slice(0, 60)] : [];
  });
  return text.slice(0, 3).join(' · ');
}

/** Whether an item fits in one row: it has at most three short settings. */
export function isRowItem(item: SchemaField): boolean {
  return item.kind === 'record' && item.fields.length >= 2 && item.fields.length <= 3 && item.fields.every(isShort);
}

/** Whether an item is one short setting, so that it fits in one line with its number and buttons. */
export function isSingleItem(item: SchemaField): boolean {
  return isShort(item);
}

const isShort = (field: SchemaField): boolean =>
  field.kind === 'boolean' ||
  field.kind === 'choice' ||
  field.kind === 'number' ||
  (field.kind === 'text' && !field.isLong && field.widget !== 'model' && field.widget !== 'expression');

/**
 * The name of one list item, for its buttons.
 *
 * @example nameOfOne('Word lists') // 'word list'; nameOfOne('Take out') // 'item'
 */
export function nameOfOne(title: string): string {
  if (!/s$/.test(title) || / (?:and|of|or) /.test(title)) return 'item';
  const one = title
    .replace(/ies$/, 'y')
    .replace(/(x|ss|ch|sh)es$/, '$1')
    .replace(/([^s])s$/, '$1');
  return one.toLowerCase();
}
