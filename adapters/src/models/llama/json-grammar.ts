import { HeddleError, type JsonObject } from '@heddle/core';
import { z } from 'zod';
import { quote, writeGrammar, type Rules } from './gbnf.js';
import { decimalGrammar, integerGrammar } from './number-grammar.js';

/** Keywords that say nothing about the value's form. */
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

/** What each type may be asked to fit. */
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
 * Writes the grammar that only texts of a JSON schema fit. Optional properties may be left out, in the order of the schema.
 * Where every property is required, they come in the order of `required`.
 * Errors: `schema_unsupported`, with the keyword and its location, for what a grammar cannot hold.
 *
 * @example jsonGrammar({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] })
 */
export function jsonGrammar(schema: JsonObject): string {
  const rules: Rules = new Map();
  return writeGrammar(`space ${jsonRule(schema, rules)} space`, rules);
}

/** What stands in a grammar for a schema; adds the rules that it needs. Errors: `schema_unsupported`. */
export function jsonRule(schema: JsonObject, rules: Rules): string {
  return write(schema, '#', { root: schema, rules, references: new Map(), add: (body) => addRule(rules, body) });
}

interface Writer {
  readonly root: Schema;
  readonly rules: Rules;
  /** Rules of `$ref`s, so that a schema may hold itself. */
  readonly references: Map<string, string>;
  /** Adds a rule and returns its name. */
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
    `The schema asks for ${what} at '${path}', which a local model cannot be held to: leave it out, and check it after the answer.`,
    {
      details: { what, place: path },
    },
  );
}

/** Returns the part of a rule that stands for a schema. */
function write(input: unknown, path: string, writer: Writer): string {
  if (input === true) return 'value';
  const parsed = Schema.safeParse(input);
  if (!parsed.success) throw unsupported(input === false ? 'nothing at all' : 'something that is no schema', path);
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
  if (typeof type !== 'string') throw unsupported("a 'type' that is no word", path);
  return writeType(type, schema, path, writer);
}

/** The keywords that concern one type of several. */
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
  if (target === undefined) throw unsupported(`the schema '${reference}', which is not there`, path);
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
      throw unsupported(`a '${name}' that is no whole number`, path);
    return value;
  };
  const over = bound('exclusiveMinimum');
  const under = bound('exclusiveMaximum');
  if (type === 'number' && (over !== undefined || under !== undefined))
    throw unsupported('a number that leaves its bound out', path);
  const least = over === undefined ? bound('minimum') : over + 1;
  const most = under === undefined ? bound('maximum') : under - 1;
  if (least !== undefined && most !== undefined && least > most)
    throw unsupported('a number between bounds that leave none', path);
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
      throw unsupported(`a '${name}' that is no count`, path);
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
  if (!properties.success) throw unsupported("'properties' that are none", path);
  const known = Object.keys(properties.data);
  const required = new Set(Array.isArray(schema['required']) ? schema['required'].map(String) : []);
  const missing = [...required].find((name) => !known.includes(name));
  if (missing !== undefined) throw unsupported(`the property '${missing}' without saying what it is`, path);
  // Documents sort the keys of objects, never lists: where all are required, their list says what is written first.
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
 * Pairs in the schema's order, with commas between those that are present. `rest[i]` stands for what may follow after
 * pair i - 1.
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

/** A JSON value as the letters it is written with. */
const literal = (value: unknown): string => quote(JSON.stringify(value));
