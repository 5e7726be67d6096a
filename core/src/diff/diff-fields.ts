import { canonicalJson } from '../values/canonical-json.js';
import { isPlainObject } from '../values/json.js';
import { countValues } from '../values/size-within.js';
import { createPace, runThrough, type Pace, type Steps } from '../values/steps.js';
import type { FieldChange } from './document-diff.js';
import { diffWords } from './diff-words.js';

/** Whether two values say the same, whatever the order of their keys. A field that is absent is not one that is null. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b);
}

/** Values that are compared without a pause. */
const stretch = 2_000;

/** How much work it is to compare two values as wholes. */
export const workOfBoth = (a: unknown, b: unknown): number => 1 + countValues(a) + countValues(b);

/** Compares two objects field by field, down to the values that differ; lists are compared as wholes where their lengths differ. */
export const diffFields = (before: Fields, after: Fields): readonly FieldChange[] =>
  runThrough(diffFieldsSteps(before, after));

/** The same in pieces: others have their turn after each text that was compared word by word. `isDue` is given where several comparisons share the work of one piece. */
export function* diffFieldsSteps(
  before: Fields,
  after: Fields,
  isDue = createPace(stretch),
): Steps<readonly FieldChange[]> {
  const changes: FieldChange[] = [];
  yield* diffMembers(before, after, '', { changes, isDue });
  return changes;
}

type Fields = Readonly<Record<string, unknown>>;

interface Comparison {
  readonly changes: FieldChange[];
  readonly isDue: Pace;
}

function* diffMembers(before: Fields, after: Fields, path: string, comparison: Comparison): Steps<void> {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const a = Object.hasOwn(before, name) ? before[name] : undefined;
    const b = Object.hasOwn(after, name) ? after[name] : undefined;
    yield* diffValue(a, b, path === '' ? name : `${path}.${name}`, comparison);
  }
}

/** What is compared part by part is not compared as a whole before: that would be done again at every level. */
function* diffValue(before: unknown, after: unknown, path: string, comparison: Comparison): Steps<void> {
  if (isPlainObject(before) && isPlainObject(after)) {
    if (comparison.isDue(1)) yield;
    yield* diffMembers(before, after, path, comparison);
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, item] of before.entries()) yield* diffValue(item, after[index], `${path}.${index}`, comparison);
    return;
  }
  if (comparison.isDue(workOfBoth(before, after))) yield;
  if (isSameValue(before, after)) return;
  const areTexts = typeof before === 'string' && typeof after === 'string';
  comparison.changes.push({
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(areTexts ? { words: diffWords(before, after) } : {}),
  });
  if (areTexts) yield;
}
