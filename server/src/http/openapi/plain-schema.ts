/** A part of a JSON Schema. */
type Part = Readonly<Record<string, unknown>>;

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keywords of JSON Schema that our documents use; our own words, such as `widget`, are for the editor. */
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

/** The version 3.0 has `exclusiveMinimum: true` beside `minimum`. */
const excludedBy: Readonly<Record<string, string>> = { minimum: 'exclusiveMinimum', maximum: 'exclusiveMaximum' };

/**
 * A schema with the words of JSON Schema only, in the form that validators and generators of clients read: an excluded bound is a number,
 * a list of one schema is that schema, and a tuple says how many items it has.
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

/** Characters above U+FFFF one by one: a range of them is no range for readers of JavaScript without the flag `u`. */
const each = (first: number, last = first): string =>
  Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at)).join('');

/** Format characters: those above U+FFFF stand as themselves, because languages write their escapes in different ways. */
const formats = [
  String.raw`\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff`,
  String.raw`\ufff9-\ufffb`,
  ...[each(0x110bd), each(0x110cd), each(0x13430, 0x1343f), each(0x1bca0, 0x1bca3), each(0x1d173, 0x1d17a)],
  ...[each(0xe0001), each(0xe0020, 0xe007f)],
].join('');

/** Classes of characters by name, which not every language knows, as ranges. */
const ranges: Readonly<Record<string, string>> = {
  Cc: String.raw`\u0000-\u001f\u007f-\u009f`,
  Cf: formats,
  // A text in UTF-8 holds no half of a character, and validators drop a pattern that names one.
  Cs: '',
  Zl: String.raw`\u2028`,
  Zp: String.raw`\u2029`,
};
const portable = (pattern: string): string =>
  pattern.replace(/\\p\{(\w+)\}/g, (known, name: string) => ranges[name] ?? known);

/** `allOf` with one schema and nothing beside it. */
function unwrapped(schema: Part): Part {
  const { allOf, ...rest } = schema;
  const [only, ...others] = Array.isArray(allOf) ? (allOf as readonly unknown[]) : [];
  return isPart(only) && others.length === 0 ? { ...only, ...rest } : schema;
}

/** A tuple: no further item is told by the number of items, because validators read `items: false` as a missing schema. */
function counted(schema: Part): Part {
  const { prefixItems, items, ...rest } = schema;
  if (!Array.isArray(prefixItems) || (items !== false && items !== undefined)) return schema;
  const { length } = prefixItems;
  return { minItems: length, maxItems: length, ...rest, prefixItems, items: {} };
}
