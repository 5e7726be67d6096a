import { canonicalJson } from '../values/canonical-json.js';
import { isPlainObject } from '../values/json.js';
import type { FieldChange } from './document-diff.js';
import { diffWords } from './diff-words.js';

/** Whether two values say the same, whatever the order of their keys. A field that is absent is not one that is null. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b);
}

/** Compares two objects field by field, down to the values that differ; lists are compared as wholes where their lengths differ. */
export function diffFields(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  path = '',
): readonly FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const a = Object.hasOwn(before, name) ? before[name] : undefined;
    const b = Object.hasOwn(after, name) ? after[name] : undefined;
    return diffValue(a, b, path === '' ? name : `${path}.${name}`);
  });
}

function diffValue(before: unknown, after: unknown, path: string): readonly FieldChange[] {
  if (isSameValue(before, after)) return [];
  if (isPlainObject(before) && isPlainObject(after)) return diffFields(before, after, path);
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item: unknown, index) => diffValue(item, after[index], `${path}.${index}`));
  return [
    {
      path,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      ...(typeof before === 'string' && typeof after === 'string' ? { words: diffWords(before, after) } : {}),
    },
  ];
}
