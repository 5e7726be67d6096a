import { HeddleError } from '../errors/heddle-error.js';
import { createPace, runThrough, type Steps } from './steps.js';

/**
 * Limits of one value of a run: an output of a node, the result of a step, an input. Later code that writes, shows or compares
 * values relies on them (docs/decisions/0022-bounds-of-bodies.md).
 */
export const valueBounds = {
  /** Levels of lists and objects. Recursive code is safe up to this depth. */
  depth: 500,
  /** Members of objects and items of lists together. */
  values: 400_000,
  /** Members of one object. Listing the names of an object cannot be split. */
  members: 50_000,
  /** Characters of a member name. */
  name: 4_096,
  /** Characters of all texts and names, the same as the maximum text of one document. */
  characters: 32 * 1024 * 1024,
} as const;

/** Members and items to check between two pauses. */
const stretch = 20_000;
/** Maximum entries of a small flat list or object. */
const few = 32;
const shortText = 100_000;

/**
 * Whether a quick check shows that a value is within its bounds: a text, a number, or a small flat list or object.
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
 * Checks that a value is within `valueBounds`, in steps. It is not recursive, so it can check any depth, and also values that
 * contain themselves. `where` starts the message.
 *
 * Errors: `value_too_complex`; `node_output_invalid` for a BigInt, which JSON does not support.
 *
 * @example runThrough(checkValueSteps(reply, "The output 'json' of 'fetch'"))
 */
export function* checkValueSteps(value: unknown, where: string): Steps<void> {
  const count = new ValueCount(where);
  const isDue = createPace(stretch);
  count.take(value, 0);
  for (let next = count.open.pop(); next !== undefined; next = count.open.pop()) {
    const depth = count.depths.pop() ?? 0;
    const before = count.values;
    if (Array.isArray(next)) count.takeItems(next, depth);
    else count.takeMembers(next, depth);
    if (isDue(count.values - before + 1)) yield;
  }
}

/** The same in one step, for values that are no larger than an already checked value. Errors: see `checkValueSteps`. */
export function checkValue(value: unknown, where: string): void {
  if (!isSmallValue(value)) runThrough(checkValueSteps(value, where));
}

/** The counts of a value, and its lists and objects that are still to be checked. */
class ValueCount {
  readonly open: object[] = [];
  readonly depths: number[] = [];
  values = 0;
  private characters = 0;
  private readonly where: string;

  constructor(where: string) {
    this.where = where;
  }

  /** Counts one value. The values inside it are counted later. */
  take(value: unknown, depth: number): void {
    if (typeof value === 'string') this.addCharacters(value.length);
    else if (typeof value === 'object' && value !== null) {
      if (ArrayBuffer.isView(value)) {
        this.addValues('length' in value ? Number(value.length) : value.byteLength);
        return;
      }
      if (depth >= valueBounds.depth)
        throw this.refusal(
          `is nested more than ${valueBounds.depth} levels deep, or contains itself`,
          'flatten it, or store it as text',
        );
      this.open.push(value);
      this.depths.push(depth + 1);
    } else if (typeof value === 'bigint')
      throw new HeddleError(
        'node_output_invalid',
        `${this.where} contains a BigInt, which JSON does not support: return it as text.`,
      );
  }

  takeItems(list: readonly unknown[], depth: number): void {
    this.addValues(list.length);
    for (const item of list) this.take(item, depth);
  }

  takeMembers(object: object, depth: number): void {
    let count = 0;
    for (const name in object) {
      count += 1;
      if (count > valueBounds.members)
        throw this.refusal(
          `has an object of more than ${inWords(valueBounds.members)} members`,
          'use a list, or store them in a file or a collection',
        );
      if (name.length > valueBounds.name)
        throw this.refusal(
          `has a member whose name is longer than ${inWords(valueBounds.name)} characters, '${name.slice(0, 40)}…'`,
          'move long texts from names to values',
        );
      this.addValues(1);
      this.addCharacters(name.length);
      this.take(Reflect.get(object, name), depth);
    }
  }

  private addValues(count: number): void {
    this.values += count;
    if (this.values > valueBounds.values)
      throw this.refusal(
        `has more than ${inWords(valueBounds.values)} members and items`,
        'process less at once, or store it in a file or a collection',
      );
  }

  private addCharacters(count: number): void {
    this.characters += count;
    if (this.characters > valueBounds.characters)
      throw this.refusal(
        `has more than ${inWords(valueBounds.characters)} characters`,
        'process less at once, or store it in a file or a collection',
      );
  }

  private refusal(what: string, instead: string): HeddleError {
    return new HeddleError('value_too_complex', `${this.where} ${what}: ${instead}.`);
  }
}

const inWords = (count: number): string => count.toLocaleString('en');
