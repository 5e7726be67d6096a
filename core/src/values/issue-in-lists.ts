import { z } from 'zod';
import { isPlainObject } from './json/json.js';
import { unwrapSchema } from './unwrap-schema.js';

interface PlacedIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Lists with more entries are checked here. */
const long = 100;

/**
 * Returns the first invalid entry of a long list or record in a value. A schema checks every entry and reports each invalid one, which can
 * be expensive, so this check runs first for values with many entries. Undefined if all entries of the long lists are valid; the schema
 * then checks the rest.
 *
 * @example issueInLists(z.array(z.string()), Array(100_000).fill(1)) // { path: [0], message: 'Give a text, not a number' }
 */
export function issueInLists(schema: unknown, value: unknown): PlacedIssue | undefined {
  const inner = unwrapSchema(schema);
  if (inner instanceof z.ZodArray && Array.isArray(value)) return ofList(inner, value);
  if (inner instanceof z.ZodRecord && isPlainObject(value)) return ofMembers(inner, value);
  if (inner instanceof z.ZodObject && isPlainObject(value)) {
    const shape: Readonly<Record<string, unknown>> = inner.shape;
    for (const name in shape) {
      const issue = Object.hasOwn(value, name) ? issueInLists(shape[name], value[name]) : undefined;
      if (issue !== undefined) return within(name, issue);
    }
  }
  if (inner instanceof z.ZodUnion && Array.isArray(value)) {
    const [only, ...others] = inner.options.map(unwrapSchema).filter((option) => option instanceof z.ZodArray);
    return others.length === 0 && only !== undefined ? ofList(only, value) : undefined;
  }
  return undefined;
}

function ofList(schema: z.ZodArray, value: readonly unknown[]): PlacedIssue | undefined {
  if (value.length <= long) return ofEntries(value, (item) => issueInLists(schema.element, item));
  const bounds = (schema.def.checks ?? []).filter((check) => check instanceof z.core.$ZodCheckMaxLength);
  // If a list is too long, its entries are not checked.
  return (
    firstOf(z.array(z.unknown()).check(...bounds), value) ??
    ofEntries(value, (item) => issueInLists(schema.element, item) ?? firstOf(schema.element, item))
  );
}

function ofMembers(schema: z.ZodRecord, value: Readonly<Record<string, unknown>>): PlacedIssue | undefined {
  const entries = Object.entries(value);
  if (entries.length <= long) return undefined;
  for (const [name, member] of entries) {
    const issue = firstOf(schema.valueType, member);
    if (issue !== undefined) return within(name, issue);
  }
  return undefined;
}

function ofEntries(
  items: readonly unknown[],
  find: (item: unknown) => PlacedIssue | undefined,
): PlacedIssue | undefined {
  for (const [index, item] of items.entries()) {
    const issue = find(item);
    if (issue !== undefined) return within(index, issue);
  }
  return undefined;
}

const within = (key: PropertyKey, { path, message }: PlacedIssue): PlacedIssue => ({ path: [key, ...path], message });

const firstOf = (schema: z.core.$ZodType, value: unknown): PlacedIssue | undefined =>
  z.safeParse(schema, value).error?.issues[0];
