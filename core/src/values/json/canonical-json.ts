import { createPace, type Pace, type Steps } from '../steps.js';

/**
 * Writes a value as canonical JSON (RFC 8785): keys sorted by UTF-16 units, no spaces, numbers in ECMAScript form. Equal values give equal
 * texts, so a hash of the text identifies the value. Members that JSON does not support (undefined, functions) are left out.
 *
 * @throws TypeError for values that JSON does not support: cycles, BigInt, NaN and infinity.
 * @example canonicalJson({ b: 1, a: [true, null] }) // '{"a":[true,null],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  return write(value, 1, new Set()) ?? 'null';
}

/** Number of levels that are written one member at a time: from a bundle of documents down to its nodes. */
const levels = 6;
/** Number of characters to write between two pauses; each value counts as `perValue` characters more. */
const stretch = 20_000;
const perValue = 50;

/**
 * Like `canonicalJson`, but in steps, for a value with many parts near its top, such as the nodes of a document.
 *
 * @throws TypeError like `canonicalJson`.
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
    // JSON does not support these values.
    if (item === undefined || typeof item === 'function' || typeof item === 'symbol') continue;
    parts.push(`${JSON.stringify(key)}:${yield* writeLevel(item, level + 1, isDue)}`);
  }
  return `{${parts.join(',')}}`;
}

function write(value: unknown, depth: number, above: Set<object>): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError('Canonical JSON does not support NaN or infinity.');
  if (typeof value === 'bigint') throw new TypeError('Canonical JSON does not support BigInt.');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (hasToJson(value)) return write(value.toJSON(), depth, above);
  if (depth % watchedLevel !== 0) return writeParts(value, depth, above);
  if (above.has(value)) throw new TypeError('Canonical JSON does not support cycles.');
  above.add(value);
  const text = writeParts(value, depth, above);
  above.delete(value);
  return text;
}

/** Every 64th level is checked for cycles. This finds every cycle at little cost. */
const watchedLevel = 64;

function writeParts(value: object, depth: number, above: Set<object>): string {
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as unknown[])
      text += `${text === '' ? '' : ','}${write(item, depth + 1, above) ?? 'null'}`;
    return `[${text}]`;
  }
  // The default sort order is by UTF-16 units.
  for (const key of Object.keys(value).sort()) {
    const part = write(Reflect.get(value, key), depth + 1, above);
    if (part !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${part}`;
  }
  return `{${text}}`;
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
