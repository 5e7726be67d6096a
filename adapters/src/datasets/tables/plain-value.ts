import { tableLimits } from './table-limits.js';

/** Converts a value of a Parquet or YAML file to JSON. Throws a TypeError if it is nested too deeply. */
export function plainValue(value: unknown, depth = 0): unknown {
  if (depth > tableLimits.depth) throw new TypeError(`It is nested deeper than ${tableLimits.depth} levels.`);
  switch (typeof value) {
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    case 'string':
    case 'boolean':
      return value;
    case 'object':
      return plainObject(value, depth);
    default:
      return undefined;
  }
}

function plainObject(value: object | null, depth: number): unknown {
  if (value === null) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (ArrayBuffer.isView(value) && 'length' in value)
    return [...(value as unknown as Iterable<unknown>)].map((item) => plainValue(item, depth + 1));
  if (Array.isArray(value)) return value.map((item: unknown) => plainValue(item, depth + 1) ?? null);
  const entries =
    value instanceof Map ? [...value].map(([key, item]) => [String(key), item] as const) : Object.entries(value);
  // Keeps a member named `__proto__` as a member.
  return Object.fromEntries(
    entries.map(([key, item]: readonly [string, unknown]) => [key, plainValue(item, depth + 1)]),
  );
}
