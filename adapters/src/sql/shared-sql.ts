import type { StatementValues, StoredValue } from '@heddle/core';
import { cleanText } from '../postgres/clean-text.js';

/**
 * The SQL that stores share, in the words of one database:
 *
 * - `@name` is a value. In joins it is written `+@name`, with which SQLite plans once (see `HeddleDatabase`).
 * - `IN (EACH @names)` compares with the texts of a JSON array.
 * - `FOR UPDATE` makes operations that read the same row wait for each other. In SQLite, operations wait for each other anyway.
 */
interface Dialect {
  readonly each: (name: string) => string;
  readonly value: (name: string) => string;
  readonly lock: string;
}

/** Texts in quotes, which stay as they are, then what is translated. */
const parts = /'(?:[^']|'')*'|\bEACH @(\w+)|(\+?)@(\w+)|\bFOR UPDATE\b/g;

function translate(sql: string, { each, value, lock }: Dialect): string {
  return sql.replace(parts, (whole, list: string | undefined, plus: string | undefined, name: string | undefined) => {
    if (list !== undefined) return each(list);
    if (whole === 'FOR UPDATE') return lock;
    return name === undefined ? whole : value(plus === '+' ? `+${name}` : name);
  });
}

/** The statement for SQLite. */
export const toSqlite = (sql: string): string =>
  translate(sql, {
    each: (name) => `SELECT value FROM json_each(@${name})`,
    value: (name) => (name.startsWith('+') ? `+@${name.slice(1)}` : `@${name}`),
    lock: '',
  });

/** A statement for Postgres, and the names of its values in their order. */
export interface PostgresStatement {
  readonly sql: string;
  readonly names: readonly string[];
}

/** The statement for Postgres, which counts its values. */
export function toPostgres(sql: string): PostgresStatement {
  const names: string[] = [];
  const numberOf = (name: string): string => {
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  };
  const text = translate(sql, {
    each: (name) => `SELECT json_array_elements_text(${numberOf(name)}::json)`,
    value: (name) => numberOf(name.startsWith('+') ? name.slice(1) : name),
    // Rows that refer to it can be added meanwhile.
    lock: 'FOR NO KEY UPDATE',
  });
  return { sql: text, names };
}

/** The values in the order of the statement. */
export function valuesFor({ names, sql }: PostgresStatement, values: StatementValues): unknown[] {
  return names.map((name) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`The statement has no value for @${name}: ${sql}`);
    return toColumn(value);
  });
}

function toColumn(value: StoredValue): unknown {
  if (typeof value === 'string') return cleanText(value);
  // The client takes a buffer for bytes; another array would become a list.
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}
