import { z } from 'zod';
import { isPlainObject } from '../values/json.js';

const compiled = new WeakMap<object, z.ZodType>();

/** Says why a value does not fit a JSON schema; undefined where it does. A schema that cannot be read refuses nothing. */
export function fitJsonSchema(schema: Readonly<Record<string, unknown>>, value: unknown): string | undefined {
  const checked = schemaFrom(schema).safeParse(value);
  if (checked.success) return undefined;
  const [issue] = checked.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return `${place}${issue?.message ?? 'it has another form'}`;
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
    // Keywords that zod does not know: the node that asked checks the answer itself.
    return z.unknown();
  }
}

/** Keywords that hold schemas by name: a `default` in there is a name. */
const named: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'definitions']);
/** Keywords that hold values. */
const values: ReadonlySet<string> = new Set(['const', 'enum', 'examples', 'required']);

/** A default is a word to forms: nobody fills it in here, so it must not excuse what is required. */
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
