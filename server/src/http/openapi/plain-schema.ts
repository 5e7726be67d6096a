type Part = Readonly<Record<string, unknown>>;

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keywords of JSON Schema that our documents use. Our own keywords, such as `widget`, are only for the editor. */
const values: ReadonlySet<string> = new Set([
  ...[
    '$ref',
    'type',
    'format',
    'pattern',
    'title',
    'description',
    'default',
    'examples',
    'deprecated',
    'readOnly',
    'writeOnly',
    'enum',
    'const',
  ],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'required'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'contentMediaType', 'contentEncoding'],
]);
const maps: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs']);
const lists: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const singles: ReadonlySet<string> = new Set(['items', 'additionalProperties', 'not', 'propertyNames', 'contains']);

/** OpenAPI 3.0 writes `exclusiveMinimum: true` beside `minimum`. */
const excludedBy: Readonly<Record<string, string>> = { minimum: 'exclusiveMinimum', maximum: 'exclusiveMaximum' };

/**
 * Keeps only standard keywords of a schema, in the form that validators and client generators understand: an exclusive bound is a number, a
 * list with one schema becomes that schema, and a tuple states its number of items.
 *
 * @example plainSchema({ $ref: '#/components/schemas/Model', widget: 'model' }) // { $ref: '#/components/schemas/Model' }
 */
export function plainSchema(schema: unknown): unknown {
  if (!isPart(schema)) return schema;
  const entries = Object.entries(schema).flatMap(([name, value]): (readonly [string, unknown])[] => {
    const excluded = excludedBy[name];
    if (excluded !== undefined && schema[excluded] === true) return [[excluded, value]];
    if (typeof value === 'boolean' && Object.values(excludedBy).includes(name)) return [];
    if (name === 'pattern' && typeof value === 'string') return [[name, portable(value)]];
    if (values.has(name)) return [[name, value]];
    if (maps.has(name) && isPart(value))
      return [[name, Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plainSchema(part)]))]];
    if (lists.has(name) && Array.isArray(value)) return [[name, value.map(plainSchema)]];
    return singles.has(name) ? [[name, plainSchema(value)]] : [];
  });
  return counted(unwrapped(Object.fromEntries(entries)));
}

/**
 * Lists characters above U+FFFF one by one, because JavaScript regular expressions without the flag `u` do not understand a range of them.
 */
const each = (first: number, last = first): string =>
  Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at)).join('');

/** Format characters. Those above U+FFFF are not escaped, because languages write these escapes differently. */
const formats = [
  String.raw`\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff`,
  String.raw`\ufff9-\ufffb`,
  ...[each(0x110bd), each(0x110cd), each(0x13430, 0x1343f), each(0x1bca0, 0x1bca3), each(0x1d173, 0x1d17a)],
  ...[each(0xe0001), each(0xe0020, 0xe007f)],
].join('');

/** Character classes as ranges, because not every language knows their names. */
const ranges: Readonly<Record<string, string>> = {
  Cc: String.raw`\u0000-\u001f\u007f-\u009f`,
  Cf: formats,
  // UTF-8 text contains no lone surrogates, and validators reject a pattern that names them.
  Cs: '',
  Zl: String.raw`\u2028`,
  Zp: String.raw`\u2029`,
};
const portable = (pattern: string): string =>
  pattern.replace(/\\p\{(\w+)\}/g, (known, name: string) => ranges[name] ?? known);

/** Replaces `allOf` with a single schema by that schema. */
function unwrapped(schema: Part): Part {
  const { allOf, ...rest } = schema;
  const [only, ...others] = Array.isArray(allOf) ? (allOf as readonly unknown[]) : [];
  return isPart(only) && others.length === 0 ? { ...only, ...rest } : schema;
}

/** Limits a tuple by its number of items instead of `items: false`, which validators misread as a missing schema. */
function counted(schema: Part): Part {
  const { prefixItems, items, ...rest } = schema;
  if (!Array.isArray(prefixItems) || (items !== false && items !== undefined)) return schema;
  const { length } = prefixItems;
  return { minItems: length, maxItems: length, ...rest, prefixItems, items: {} };
}
