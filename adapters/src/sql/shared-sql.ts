import type { StatementValues, StoredValue } from '@heddle/core';
import { cleanText } from '../postgres/clean-text.js';

/**
 * How one database expresses the SQL that all stores share:
 *
 * - `@name` is a parameter. In joins it is written `+@name`, so that SQLite plans only once (see `HeddleDatabase`).
 * - `IN (EACH @names)` compares with the texts of a JSON array.
 * - `IN (EACH NUMBER @names)` compares with the integers of a JSON array.
 * - `JSON_TEXT(column, member)` is a member of the JSON object in a column, as text; null if it is missing. A nested member is written
 *   `one.other`.
 * - `JSON_EACH(column, member) AS name`, in a `FROM`, gives the texts of a list in such a member as `name.value`.
 * - `FOR UPDATE` serialises operations that read the same row. SQLite serialises all operations anyway.
 */
interface Dialect {
  readonly each: (name: string) => string;
  readonly eachNumber: (name: string) => string;
  readonly value: (name: string) => string;
  readonly lock: string;
  readonly jsonText: (column: string, member: string) => string;
  readonly jsonEach: (column: string, member: string, name: string) => string;
}

/** Quoted texts, which are kept unchanged, and then everything that is translated. */
const parts =
  /'(?:[^']|'')*'|\bEACH (?<number>NUMBER )?@(?<list>\w+)|(?<plus>\+?)@(?<name>\w+)|\bFOR UPDATE\b|\bJSON_TEXT\((?<text>\w+), (?<member>[\w.]+)\)|\bJSON_EACH\((?<items>\w+), (?<of>\w+)\) AS (?<as>\w+)/g;

interface Found {
  readonly number?: string;
  readonly list?: string;
  readonly plus?: string;
  readonly name?: string;
  readonly text?: string;
  readonly member?: string;
  readonly items?: string;
  readonly of?: string;
  readonly as?: string;
}

function translate(sql: string, { each, eachNumber, value, lock, jsonText, jsonEach }: Dialect): string {
  return sql.replace(parts, (whole: string, ...rest: readonly unknown[]) => {
    // `replace` passes the named groups as the last argument.
    const { number, list, plus, name, text, member, items, of, as } = rest.at(-1) as Found;
    if (list !== undefined) return number === undefined ? each(list) : eachNumber(list);
    if (name !== undefined) return value(plus === '+' ? `+${name}` : name);
    if (text !== undefined && member !== undefined) return jsonText(text, member);
    if (items !== undefined && of !== undefined && as !== undefined) return jsonEach(items, of, as);
    return whole === 'FOR UPDATE' ? lock : whole;
  });
}

/** Translates a statement for SQLite. */
export const toSqlite = (sql: string): string =>
  translate(sql, {
    each: (name) => `SELECT value FROM json_each(@${name})`,
    eachNumber: (name) => `SELECT value FROM json_each(@${name})`,
    value: (name) => (name.startsWith('+') ? `+@${name.slice(1)}` : `@${name}`),
    lock: '',
    jsonText: (column, member) => `json_extract(${column}, '$.${member}')`,
    jsonEach: (column, member, name) => `json_each(${column}, '$.${member}') AS ${name}`,
  });

/** A statement for Postgres, and the names of its numbered parameters in order. */
export interface PostgresStatement {
  readonly sql: string;
  readonly names: readonly string[];
}

/** Translates a statement for Postgres, with numbered parameters. */
export function toPostgres(sql: string): PostgresStatement {
  const names: string[] = [];
  const numberOf = (name: string): string => {
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  };
  const text = translate(sql, {
    each: (name) => `SELECT json_array_elements_text(${numberOf(name)}::json)`,
    eachNumber: (name) => `SELECT json_array_elements_text(${numberOf(name)}::json)::bigint`,
    value: (name) => numberOf(name.startsWith('+') ? name.slice(1) : name),
    // This lock permits other transactions to add rows that refer to the row.
    lock: 'FOR NO KEY UPDATE',
    jsonText: (column, member) => `(json_of(${column}) #>> '{${member.replaceAll('.', ',')}}')`,
    jsonEach: (column, member, name) => `json_array_elements_text(json_of(${column}) -> '${member}') AS ${name}(value)`,
  });
  return { sql: text, names };
}

/** The values in the order of the statement's parameters. */
export function valuesFor({ names, sql }: PostgresStatement, values: StatementValues): unknown[] {
  return names.map((name) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`The statement has no value for @${name}: ${sql}`);
    return toColumn(value);
  });
}

function toColumn(value: StoredValue): unknown {
  if (typeof value === 'string') return cleanText(value);
  // The client accepts only a Buffer as bytes; any other array would become a list.
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}
