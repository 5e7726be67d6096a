import { HeddleError } from '../errors/heddle-error.js';
import { createPace, runThrough, type Steps } from './steps.js';
import { ValueWalk, type Excess, type WalkBounds } from './value-walk.js';

/**
 * Limits for one value of a run: an output of a node, the result of a step, an input. Code that writes, shows or compares values relies on
 * them (docs/decisions/0022-bounds-of-bodies.md).
 */
export const valueBounds = {
  /** Maximum nesting of lists and objects. Recursive code is safe up to this depth. */
  depth: 500,
  /** Object members and list items together. */
  values: 400_000,
  /** Members of one object. Listing the member names of an object cannot be split into steps. */
  members: 50_000,
  /** Characters of a member name. */
  name: 4_096,
  /** Characters of all texts and names together; also the maximum length of a document's text. */
  characters: 32 * 1024 * 1024,
} as const;

/** Number of members and items to check between two pauses. */
const stretch = 20_000;
/** Maximum entries of a small flat list or object. */
const few = 32;
const shortText = 100_000;

/**
 * Whether a quick check shows that a value is within the bounds: it is a text, a number, or a small flat list or object.
 *
 * @example isSmallValue({ total: 3, note: 'paid' }) // true
 */
export function isSmallValue(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isSmallScalar(value);
  if (Array.isArray(value)) return value.length <= few && value.every(isSmallScalar);
  if (ArrayBuffer.isView(value)) return false;
  let count = 0;
  for (const name in value) {
    count += 1;
    if (count > few || name.length > valueBounds.name || !isSmallScalar(Reflect.get(value, name))) return false;
  }
  return true;
}

function isSmallScalar(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= shortText;
  return value === null || (typeof value !== 'object' && typeof value !== 'bigint');
}

/**
 * Checks in steps that a value is within `valueBounds`. The error message starts with `where`.
 *
 * Errors: `value_too_complex`; `node_output_invalid` for a BigInt, which JSON does not support.
 *
 * @example runThrough(checkValueSteps(reply, "The output 'json' of 'fetch'"))
 */
export function* checkValueSteps(value: unknown, where: string): Steps<void> {
  const walk = new ValueWalk(jsonBounds);
  const isDue = createPace(stretch);
  walk.begin(value);
  for (let before = 0; walk.next(); before = walk.values) if (isDue(walk.values - before + 1)) yield;
  if (walk.excess !== undefined) throw refusal(where, walk.excess);
}

/**
 * Like `checkValueSteps`, but in one step, for values that are no larger than one that was already checked. Errors: as `checkValueSteps`.
 */
export function checkValue(value: unknown, where: string): void {
  if (!isSmallValue(value)) runThrough(checkValueSteps(value, where));
}

const jsonBounds: WalkBounds = { ...valueBounds, isJson: true };

function refusal(where: string, excess: Excess): HeddleError {
  if (excess.bound === 'bigint')
    return new HeddleError(
      'node_output_invalid',
      `${where} contains a BigInt, which JSON does not support: return it as text.`,
    );
  const [what, instead] = reasonOf(excess.bound, excess.name);
  return new HeddleError('value_too_complex', `${where} ${what}: ${instead}.`);
}

const lessAtOnce = 'handle less at once, or keep it in a file or a collection';

function reasonOf(bound: Exclude<Excess['bound'], 'bigint'>, name = ''): readonly [what: string, instead: string] {
  const most = valueBounds[bound].toLocaleString('en');
  switch (bound) {
    case 'depth':
      return [`is nested more than ${most} levels deep, or contains itself`, 'make it flatter, or keep it as a text'];
    case 'members':
      return [
        `has an object of more than ${most} members`,
        'make a list of them, or keep them in a file or a collection',
      ];
    case 'name':
      return [
        `has a member whose name is longer than ${most} characters, '${name.slice(0, 40)}…'`,
        'put long texts into values',
      ];
    case 'values':
      return [`has more than ${most} members and items`, lessAtOnce];
    case 'characters':
      return [`has more than ${most} characters`, lessAtOnce];
  }
}
