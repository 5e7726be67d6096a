import { canonicalJson } from '../values/json/canonical-json.js';
import { isPlainObject } from '../values/json/json.js';
import { countValues } from '../values/size-within.js';
import { createPace, runThrough, type Pace, type Steps } from '../values/steps.js';
import type { FieldChange } from './document-diff.js';
import { diffWords } from './diff-words.js';

/** Whether two values are equal, regardless of the order of keys. A missing field differs from null. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b);
}

/** Values to compare between two pauses. */
const stretch = 2_000;

/** The work of comparing two whole values. */
export const workOfBoth = (a: unknown, b: unknown): number => 1 + countValues(a) + countValues(b);

/** Compares two objects by field, down to the changed values. Lists with different lengths are compared as a whole. */
export const diffFields = (before: Fields, after: Fields): readonly FieldChange[] =>
  runThrough(diffFieldsSteps(before, after));

/** `diffFields` in steps, with a pause after each text that is compared word by word. Several comparisons can share one `isDue`. */
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

/** Objects and lists are compared only by part. Comparing them as a whole first would repeat the work at every level. */
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
    before,
    after,
    ...(areTexts ? { words: diffWords(before, after) } : {}),
  });
  if (areTexts) yield;
}
