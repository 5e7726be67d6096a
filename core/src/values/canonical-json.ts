import { createPace, type Pace, type Steps } from './steps.js';

/**
 * A value as canonical JSON (RFC 8785): keys sorted by UTF-16 units, no spaces, numbers as ECMAScript writes them. Equal values give
 * equal texts, so that a hash of it names the value. Members that JSON does not know (undefined, functions) are left out.
 *
 * @throws TypeError for what JSON cannot say: cycles, BigInt, and numbers that are not finite.
 * @example canonicalJson({ b: 1, a: [true, null] }) // '{"a":[true,null],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  return write(value, 1, new Set()) ?? 'null';
}

/** Levels that are written member by member: those of a bundle of documents, down to the nodes. */
const levels = 6;
/** Characters that are written without a pause, those of a value and `perValue` for its place. */
const stretch = 20_000;
const perValue = 50;

/**
 * The same in pieces, for a value whose many parts lie near its top, as the nodes of a document do.
 *
 * @throws TypeError as `canonicalJson`.
 */
export function canonicalJsonSteps(value: unknown): Steps<string> {
  return writeLevel(value, 0, createPace(stretch));
}

function* writeLevel(value: unknown, level: number, isDue: Pace): Steps<string> {
  const isPlain = typeof value === 'object' && value !== null && !hasToJson(value);
  if (level === levels || !isPlain) {
    const text = canonicalJson(value);
    if (isDue(perValue + text.length)) yield;
    return text;
  }
  if (isDue(perValue)) yield;
  const parts: string[] = [];
  if (Array.isArray(value)) {
    for (const item of value) parts.push(yield* writeLevel(item, level + 1, isDue));
    return `[${parts.join(',')}]`;
  }
  for (const key of Object.keys(value).sort()) {
    const item: unknown = Reflect.get(value, key);
    // What JSON does not know is left out.
    if (item === undefined || typeof item === 'function' || typeof item === 'symbol') continue;
    parts.push(`${JSON.stringify(key)}:${yield* writeLevel(item, level + 1, isDue)}`);
  }
  return `{${parts.join(',')}}`;
}

function write(value: unknown, depth: number, above: Set<object>): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError('Canonical JSON has no NaN and no infinity.');
  if (typeof value === 'bigint') throw new TypeError('Canonical JSON has no BigInt.');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (hasToJson(value)) return write(value.toJSON(), depth, above);
  if (depth % watchedLevel !== 0) return writeParts(value, depth, above);
  if (above.has(value)) throw new TypeError('Canonical JSON has no cycles.');
  above.add(value);
  const text = writeParts(value, depth, above);
  above.delete(value);
  return text;
}

/** A cycle comes by here, however long it is; what has none is not slowed down. */
const watchedLevel = 64;

function writeParts(value: object, depth: number, above: Set<object>): string {
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as unknown[])
      text += `${text === '' ? '' : ','}${write(item, depth + 1, above) ?? 'null'}`;
    return `[${text}]`;
  }
  // The order of UTF-16 units is that of sort.
  for (const key of Object.keys(value).sort()) {
    const part = write(Reflect.get(value, key), depth + 1, above);
    if (part !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${part}`;
  }
  return `{${text}}`;
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
