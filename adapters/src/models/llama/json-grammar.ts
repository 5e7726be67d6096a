import { HeddleError, type JsonObject } from '@heddle/core';
import { z } from 'zod';
import { quote, writeGrammar, type Rules } from './gbnf.js';
import { decimalGrammar, integerGrammar } from './number-grammar.js';

/** Keywords that do not restrict the value. */
const annotations = [
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$defs',
  'definitions',
  'id',
];

const keywords: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties', 'propertyNames'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'format'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  boolean: [],
  null: [],
};

const formats: Readonly<Record<string, string>> = {
  date: '"\\"" [0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | [12] [0-9] | "3" [01]) "\\""',
  time: '"\\"" ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] "\\""',
  'date-time':
    '"\\"" [0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | [12] [0-9] | "3" [01]) "T" ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] "Z\\""',
};

const Schema = z.record(z.string(), z.unknown());
type Schema = z.infer<typeof Schema>;

const mostItems = 1000;

/**
 * Writes a grammar that accepts only JSON that matches a schema. Optional properties may be left out; properties come in the order of the
 * schema. If every property is required, they come in the order of `required`. Errors: `schema_unsupported`, with the keyword and its
 * location, for a keyword that a grammar cannot express.
 *
 * @example jsonGrammar({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] })
 */
export function jsonGrammar(schema: JsonObject): string {
  const rules: Rules = new Map();
  return writeGrammar(`space ${jsonRule(schema, rules)} space`, rules);
}

/** Returns the grammar expression for a schema, and adds the rules that it uses. Errors: `schema_unsupported`. */
export function jsonRule(schema: JsonObject, rules: Rules): string {
  return write(schema, '#', { root: schema, rules, references: new Map(), add: (body) => addRule(rules, body) });
}

interface Writer {
  readonly root: Schema;
  readonly rules: Rules;
  /** The rules of `$ref`s, so that a schema may refer to itself. */
  readonly references: Map<string, string>;
  add(body: string): string;
}

function addRule(rules: Rules, body: string): string {
  const name = `r${rules.size}`;
  rules.set(name, body);
  return name;
}

function unsupported(what: string, path: string): HeddleError {
  return new HeddleError(
    'schema_unsupported',
    `The schema asks for ${what} at '${path}', which cannot be enforced on a local model: leave it out, and check the answer afterwards.`,
    {
      details: { what, place: path },
    },
  );
}

function write(input: unknown, path: string, writer: Writer): string {
  if (input === true) return 'value';
  const parsed = Schema.safeParse(input);
  if (!parsed.success) throw unsupported(input === false ? 'nothing at all' : 'something that is not a schema', path);
  const schema = parsed.data;
  if (typeof schema['$ref'] === 'string') return writeReference(schema['$ref'], path, writer);
  for (const choice of ['anyOf', 'oneOf'] as const) {
    const options = schema[choice];
    if (!Array.isArray(options)) continue;
    refuseOthers(schema, [choice, 'type'], path);
    return `(${options.map((option, index) => write(option, `${path}/${choice}/${index}`, writer)).join(' | ')})`;
  }
  if ('const' in schema) return literal(schema['const']);
  if (Array.isArray(schema['enum'])) return `(${schema['enum'].map(literal).join(' | ')})`;
  const { type } = schema;
  if (Array.isArray(type)) {
    return `(${type.map((one: unknown) => write({ ...pick(schema, one), type: one }, path, writer)).join(' | ')})`;
  }
  if (type === undefined) {
    refuseOthers(schema, [], path);
    return 'value';
  }
  if (typeof type !== 'string') throw unsupported("a 'type' that is not a string", path);
  return writeType(type, schema, path, writer);
}

/** Keeps the keywords that apply to one of several types. */
function pick(schema: Schema, type: unknown): Schema {
  const others = Object.entries(keywords).flatMap(([name, list]) =>
    name === type ? [] : list.filter((key) => !(keywords[String(type)] ?? []).includes(key)),
  );
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !others.includes(key)));
}

function refuseOthers(schema: Schema, allowed: readonly string[], path: string): void {
  const other = Object.keys(schema).find((key) => !allowed.includes(key) && !annotations.includes(key));
  if (other !== undefined) throw unsupported(`'${other}'`, path);
}

function writeReference(reference: string, path: string, writer: Writer): string {
  const known = writer.references.get(reference);
  if (known !== undefined) return known;
  if (!reference.startsWith('#')) throw unsupported(`the schema '${reference}' of another document`, path);
  let target: unknown = writer.root;
  for (const part of reference
    .slice(1)
    .split('/')
    .filter((entry) => entry !== '')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const holder = Schema.safeParse(target);
    target = holder.success && Object.hasOwn(holder.data, key) ? holder.data[key] : undefined;
  }
  if (target === undefined) throw unsupported(`the schema '${reference}', which does not exist`, path);
  const name = `ref${writer.rules.size}`;
  writer.references.set(reference, name);
  writer.rules.set(name, '');
  writer.rules.set(name, write(target, reference, writer));
  return name;
}

function writeType(type: string, schema: Schema, path: string, writer: Writer): string {
  const known = keywords[type];
  if (known === undefined) throw unsupported(`the type '${type}'`, path);
  refuseOthers(schema, ['type', ...known], path);
  switch (type) {
    case 'object':
      return writeObject(schema, path, writer);
    case 'array':
      return writeArray(schema, path, writer);
    case 'string':
      return writeString(schema, path);
    case 'integer':
    case 'number':
      return writeNumber(type, schema, path);
    default:
      return type;
  }
}

function writeNumber(type: 'integer' | 'number', schema: Schema, path: string): string {
  const bound = (name: string): number | undefined => {
    const value = schema[name];
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value))
      throw unsupported(`a '${name}' that is not a whole number`, path);
    return value;
  };
  const over = bound('exclusiveMinimum');
  const under = bound('exclusiveMaximum');
  if (type === 'number' && (over !== undefined || under !== undefined))
    throw unsupported('a number with an exclusive bound', path);
  const least = over === undefined ? bound('minimum') : over + 1;
  const most = under === undefined ? bound('maximum') : under - 1;
  if (least !== undefined && most !== undefined && least > most)
    throw unsupported('a number between bounds that allow none', path);
  if (type === 'integer') return integerGrammar(least, most);
  return least === undefined && most === undefined ? 'number' : decimalGrammar(least, most);
}

function writeString(schema: Schema, path: string): string {
  const { format } = schema;
  if (typeof format === 'string') {
    const rule = Object.hasOwn(formats, format) ? formats[format] : undefined;
    if (rule === undefined) throw unsupported(`the format '${format}'`, path);
    return `(${rule})`;
  }
  const [least, most] = counts(schema, 'minLength', 'maxLength', path);
  if (least === 0 && most === undefined) return 'string';
  return `("\\"" character{${least},${most ?? ''}} "\\"")`;
}

function counts(
  schema: Schema,
  leastName: string,
  mostName: string,
  path: string,
): readonly [number, number | undefined] {
  const count = (name: string): number | undefined => {
    const value = schema[name];
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
      throw unsupported(`a '${name}' that is not a whole number of 0 or more`, path);
    return value;
  };
  const least = count(leastName) ?? 0;
  const most = count(mostName);
  if (most !== undefined && most < least) throw unsupported(`'${mostName}' below '${leastName}'`, path);
  return [least, most];
}

function writeArray(schema: Schema, path: string, writer: Writer): string {
  if (Array.isArray(schema['prefixItems'])) {
    if (schema['items'] !== undefined && schema['items'] !== false)
      throw unsupported("'items' after 'prefixItems'", path);
    const parts = schema['prefixItems'].map((item, index) => write(item, `${path}/prefixItems/${index}`, writer));
    return `("[" space ${parts.join(' space "," space ')} space "]")`;
  }
  const item = writer.add(schema['items'] === undefined ? 'value' : write(schema['items'], `${path}/items`, writer));
  const [least, most] = counts(schema, 'minItems', 'maxItems', path);
  if (least > mostItems || (most !== undefined && most > mostItems))
    throw unsupported(`more than ${mostItems} items`, path);
  if (most === 0) return '("[" space "]")';
  const more = `(space "," space ${item}){${Math.max(0, least - 1)},${most === undefined ? '' : most - 1}}`;
  const filled = `${item} ${more}`;
  return `("[" space ${least === 0 ? `(${filled})?` : filled} space "]")`;
}

function writeObject(schema: Schema, path: string, writer: Writer): string {
  const properties = Schema.safeParse(schema['properties'] ?? {});
  if (!properties.success) throw unsupported("'properties' that are not an object", path);
  const known = Object.keys(properties.data);
  const required = new Set(Array.isArray(schema['required']) ? schema['required'].map(String) : []);
  const missing = [...required].find((name) => !known.includes(name));
  if (missing !== undefined) throw unsupported(`the property '${missing}' without defining it`, path);
  // Stored documents sort the keys of objects but never lists. So if all properties are required, the list gives the order.
  const names = known.every((name) => required.has(name)) ? [...required] : known;
  if (names.length === 0) return writeOpenObject(schema['additionalProperties'], path, writer);
  const pairs = names.map((name) => {
    const value = write(properties.data[name], `${path}/properties/${name}`, writer);
    return { isRequired: required.has(name), rule: writer.add(`${literal(name)} space ":" space ${value}`) };
  });
  return `("{" space ${pairSequence(pairs, writer)} space "}")`;
}

function writeOpenObject(values: unknown, path: string, writer: Writer): string {
  if (values === undefined || values === true) return 'object';
  if (values === false) return '("{" space "}")';
  const pair = writer.add(`string space ":" space ${write(values, `${path}/additionalProperties`, writer)}`);
  return `("{" space (${pair} (space "," space ${pair})*)? space "}")`;
}

interface Pair {
  readonly isRequired: boolean;
  readonly rule: string;
}

/**
 * Writes pairs in the order of the schema, with commas between the present ones. In the loop, `after` is the rule for what may follow the
 * current pair.
 */
function pairSequence(pairs: readonly Pair[], writer: Writer): string {
  let after = '';
  const starts: string[] = [];
  for (const pair of [...pairs].reverse()) {
    starts.unshift(after === '' ? pair.rule : `${pair.rule} ${after}`);
    const following = `space "," space ${pair.rule}${after === '' ? '' : ` ${after}`}`;
    const skipped = after === '' ? '' : ` | ${after}`;
    after = writer.add(pair.isRequired ? following : skipped === '' ? `(${following})?` : `${following}${skipped}`);
  }
  const firstRequired = pairs.findIndex(({ isRequired }) => isRequired);
  if (firstRequired >= 0) return `(${starts.slice(0, firstRequired + 1).join(' | ')})`;
  return `(${starts.join(' | ')})?`;
}

/** The grammar expression for one exact JSON value. */
const literal = (value: unknown): string => quote(JSON.stringify(value));
