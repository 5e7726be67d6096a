import { canonicalJson } from '../values/canonical-json.js';
import { isPlainObject } from '../values/json.js';
import { runThrough, type Steps } from '../values/steps.js';
import type { FieldChange } from './document-diff.js';
import { diffWords } from './diff-words.js';

/** Whether two values say the same, whatever the order of their keys. A field that is absent is not one that is null. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b);
}

/** Compares two objects field by field, down to the values that differ; lists are compared as wholes where their lengths differ. */
export const diffFields = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly FieldChange[] => runThrough(diffFieldsSteps(before, after));

/** The same in pieces: others have their turn after each text that was compared word by word. */
export function* diffFieldsSteps(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Steps<readonly FieldChange[]> {
  const changes: FieldChange[] = [];
  yield* diffMembers(before, after, '', changes);
  return changes;
}

function* diffMembers(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  path: string,
  changes: FieldChange[],
): Steps<void> {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const a = Object.hasOwn(before, name) ? before[name] : undefined;
    const b = Object.hasOwn(after, name) ? after[name] : undefined;
    yield* diffValue(a, b, path === '' ? name : `${path}.${name}`, changes);
  }
}

/** What is compared part by part is not compared as a whole before: that would be done again at every level. */
function* diffValue(before: unknown, after: unknown, path: string, changes: FieldChange[]): Steps<void> {
  if (isPlainObject(before) && isPlainObject(after)) {
    yield* diffMembers(before, after, path, changes);
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, item] of before.entries()) yield* diffValue(item, after[index], `${path}.${index}`, changes);
    return;
  }
  if (isSameValue(before, after)) return;
  const areTexts = typeof before === 'string' && typeof after === 'string';
  changes.push({
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(areTexts ? { words: diffWords(before, after) } : {}),
  });
  if (areTexts) yield;
}
