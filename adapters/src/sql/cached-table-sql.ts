import type { CachedTable } from '@heddle/core';

/**
 * The statements that read the rows of a cached table: all of them, or those of one key. The parts of the key are `@key0`, `@key1` and so
 * on.
 */
export function cachedTableSql({ table, columns, key, only, order }: CachedTable): {
  readonly all: string;
  readonly ofKey: string;
} {
  const where = only === undefined ? [] : [only];
  const ofKey = [...where, ...key.map((column, index) => `${column} = @key${index}`)];
  const select = (conditions: readonly string[]): string =>
    `SELECT ${columns} FROM ${table}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`} ORDER BY ${order.join(', ')}`;
  return { all: select(where), ofKey: select(ofKey) };
}

/** The parts of a key as parameters of the statement. */
export const keyValues = (key: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(key.map((value, index) => [`key${index}`, value]));

/** Encodes a key as one text. */
export const keyText = (key: readonly string[]): string => JSON.stringify(key);
