/**
 * A value as canonical JSON (RFC 8785): keys sorted by UTF-16 units, no spaces, numbers as ECMAScript writes them. Equal values give
 * equal texts, so that a hash of it names the value. Members that JSON does not know (undefined, functions) are left out.
 *
 * @throws TypeError for what JSON cannot say: cycles, BigInt, and numbers that are not finite.
 * @example canonicalJson({ b: 1, a: [true, null] }) // '{"a":[true,null],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  return write(value, new Set()) ?? 'null';
}

function write(value: unknown, above: Set<object>): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError('Canonical JSON has no NaN and no infinity.');
  if (typeof value === 'bigint') throw new TypeError('Canonical JSON has no BigInt.');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (hasToJson(value)) return write(value.toJSON(), above);
  if (above.has(value)) throw new TypeError('Canonical JSON has no cycles.');
  above.add(value);
  const text = Array.isArray(value)
    ? `[${value.map((item) => write(item, above) ?? 'null').join(',')}]`
    : `{${membersOf(value, above).join(',')}}`;
  above.delete(value);
  return text;
}

function membersOf(value: object, above: Set<object>): string[] {
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return entries.flatMap(([key, item]) => {
    const text = write(item, above);
    return text === undefined ? [] : [`${JSON.stringify(key)}:${text}`];
  });
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
