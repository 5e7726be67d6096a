import { z } from 'zod';
import { boundsOf, choicesOf, Schema, textOf, typeText } from './schema-text.js';

/** A row of the table that describes a value. */
export interface SchemaRow {
  /** A dotted path; `[]` stands for the entries of a list. */
  readonly name: string;
  readonly depth: number;
  /** The type as text; a named shape by its name. */
  readonly type: string;
  readonly isRequired: boolean;
  readonly about: string | undefined;
  readonly choices: readonly string[];
  readonly bounds: string | undefined;
  readonly default: unknown;
}

const Texts = z.array(z.string());

/** The page shows no deeper levels; the OpenAPI document has them. */
const deepest = 5;

/**
 * Turns a JSON schema into rows; the first row is the value itself. Members of named shapes are left out, because each shape has its own
 * table.
 */
export function schemaRows(name: string, schema: Schema, isRequired: boolean, depth = 0): readonly SchemaRow[] {
  const row: SchemaRow = {
    name,
    depth,
    type: typeText(schema),
    isRequired,
    about: textOf(schema['description']) ?? textOf(schema['title']),
    choices: choicesOf(schema),
    bounds: boundsOf(schema),
    default: schema['default'],
  };
  return [row, ...(depth >= deepest ? [] : memberRows(`${name}.`, schema, depth + 1))];
}

/** Gives the rows for the members of an object, the entries of a list, and alternatives. */
export function memberRows(prefix: string, schema: Schema, depth = 0): readonly SchemaRow[] {
  const members = Object.entries(Schema.catch({}).parse(schema['properties']));
  const required = Texts.catch([]).parse(schema['required']);
  const entry = Schema.safeParse(schema['items']);
  const alternatives = z
    .array(Schema)
    .catch([])
    .parse(schema['anyOf'] ?? schema['oneOf']);
  return [
    ...members.flatMap(([member, one]) =>
      schemaRows(`${prefix}${member}`, Schema.catch({}).parse(one), required.includes(member), depth),
    ),
    ...(entry.success ? memberRows(`${prefix.replace(/\.$/, '')}[].`, entry.data, depth) : []),
    ...merged(alternatives.map((one) => memberRows(prefix, one, depth))),
  ];
}

/** Merges the members of alternatives: one row for each name, with all its types. A member is required if all alternatives require it. */
function merged(alternatives: readonly (readonly SchemaRow[])[]): readonly SchemaRow[] {
  const objects = alternatives.filter((rows) => rows.length > 0);
  const found = new Map<string, SchemaRow>();
  for (const row of objects.flat()) {
    const before = found.get(row.name);
    const types = before?.type.split(' or ') ?? [];
    const type =
      before === undefined || types.includes(row.type) ? (before?.type ?? row.type) : `${before.type} or ${row.type}`;
    const isEverywhere = objects.every((rows) => rows.some(({ name, isRequired }) => name === row.name && isRequired));
    found.set(row.name, { ...row, type, isRequired: isEverywhere });
  }
  return [...found.values()];
}
