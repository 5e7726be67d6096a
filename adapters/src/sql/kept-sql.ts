import type { KeptTable } from '@heddle/core';

/** The statements that read kept rows: all of them, and those of one key, whose values are `@key0`, `@key1` and so on. */
export function keptSql({ table, columns, key, only, order }: KeptTable): {
  readonly all: string;
  readonly ofKey: string;
} {
  const where = only === undefined ? [] : [only];
  const ofKey = [...where, ...key.map((column, index) => `${column} = @key${index}`)];
  const select = (conditions: readonly string[]): string =>
    `SELECT ${columns} FROM ${table}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`} ORDER BY ${order.join(', ')}`;
  return { all: select(where), ofKey: select(ofKey) };
}

/** The values of a key by their names in the statement. */
export const keyValues = (key: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(key.map((value, index) => [`key${index}`, value]));

/** A key as one text. */
export const keyText = (key: readonly string[]): string => JSON.stringify(key);
