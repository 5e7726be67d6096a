import { z } from 'zod';
import { isPlainObject } from '../values/json/json.js';

const compiled = new WeakMap<object, z.ZodType>();

/** Why a value does not fit a JSON schema; undefined if it fits. An unreadable schema accepts every value. */
export function fitJsonSchema(schema: Readonly<Record<string, unknown>>, value: unknown): string | undefined {
  const checked = schemaFrom(schema).safeParse(value);
  if (checked.success) return undefined;
  const [issue] = checked.error.issues;
  const location = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return `${location}${issue?.message ?? 'it does not fit'}`;
}

function schemaFrom(schema: Readonly<Record<string, unknown>>): z.ZodType {
  let known = compiled.get(schema);
  if (known === undefined) {
    known = readSchema(schema);
    compiled.set(schema, known);
  }
  return known;
}

function readSchema(schema: Readonly<Record<string, unknown>>): z.ZodType {
  try {
    return z.fromJSONSchema(withoutDefaults(schema));
  } catch {
    // The schema has keywords that zod does not support: the node checks the answer itself.
    return z.unknown();
  }
}

/** Keywords whose value is an object of schemas by name; a key `default` in it is a name. */
const named: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'definitions']);
/** Keywords with plain values. */
const values: ReadonlySet<string> = new Set(['const', 'enum', 'examples', 'required']);

/** Removes defaults. They are hints for forms, and no value is filled in here, so they must not make a required field optional. */
function withoutDefaults(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const inside = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(inside) : isPlainObject(value) ? withoutDefaults(value) : value;
  const kept = Object.entries(schema).filter(([keyword]) => keyword !== 'default');
  return Object.fromEntries(
    kept.map(([keyword, value]) => {
      if (values.has(keyword)) return [keyword, value];
      if (!named.has(keyword) || !isPlainObject(value)) return [keyword, inside(value)];
      return [keyword, Object.fromEntries(Object.entries(value).map(([name, held]) => [name, inside(held)]))];
    }),
  );
}
