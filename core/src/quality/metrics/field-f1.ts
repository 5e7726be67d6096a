import { isPlainObject } from '../../values/json/json.js';
import { countItems, fMeasure, sharedItems, sizeOfBag, type FMeasure } from './f-measure.js';

/**
 * Compares extracted JSON with the expected JSON field by field: the micro-averaged F-measure of slot filling over pairs of path and value.
 * The order of list items does not matter. White space at the ends of texts is ignored. Two values without fields are equal.
 *
 * @example fieldF1({ name: 'Ada', age: 36 }, { name: 'Ada', age: 37 }).f1 // 0.5
 */
export function fieldF1(answer: unknown, expected: unknown): FMeasure {
  const found = countItems(fieldsOf(answer));
  const wanted = countItems(fieldsOf(expected));
  if (found.size === 0 && wanted.size === 0) return { precision: 1, recall: 1, f1: 1 };
  return fMeasure(sharedItems(found, wanted), sizeOfBag(found), sizeOfBag(wanted));
}

/** Lists the fields of a value as texts. It does not recurse, because an answer can be nested more deeply than the stack allows. */
function* fieldsOf(root: unknown): Generator<string> {
  const open: { readonly path: string; readonly value: unknown }[] = [{ path: '', value: root }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, value } = next;
    if (Array.isArray(value)) for (const item of value as unknown[]) open.push({ path: `${path}[]`, value: item });
    else if (isPlainObject(value))
      for (const [name, member] of Object.entries(value))
        open.push({ path: `${path}/${JSON.stringify(name)}`, value: member });
    else if (value !== undefined && value !== null)
      yield `${path}=${JSON.stringify(typeof value === 'string' ? value.trim() : value)}`;
  }
}
