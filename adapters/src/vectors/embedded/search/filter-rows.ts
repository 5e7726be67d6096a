import type { Database, Statement } from 'better-sqlite3';
import { HeddleError, type Filter } from '@heddle/core';
import { addRow, emptyBitset, intersect, subtract, unite, type Bitset } from '../bitset.js';
import { toFieldValue, type FieldValue } from '../metadata-fields.js';
import type { VectorIndex } from '../vector-index.js';

/** Finds the rows that match a filter. */
export type FilterRows = (filter: Filter, index: VectorIndex) => Bitset;

/** Most levels of nested filters. */
const maxDepth = 64;
/** Most leaf conditions whose rows are cached for later queries. */
const maxCached = 64;

const columns: Readonly<Partial<Record<string, string>>> = { document: 'id', title: 'title', source: 'source' };
const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

type Leaf = Exclude<Filter, { op: 'and' | 'or' | 'not' }>;

/**
 * Creates the filter search for one collection. Each condition becomes parameterised SQL and yields a set of rows, cached until the index
 * changes; `and`, `or` and `not` combine the sets. SQLite orders numbers before text and text before blobs, which limits a comparison to
 * values of the same type.
 */
export function createFilterRows(database: Database, id: number): FilterRows {
  const prepared = new Map<string, Statement<FieldValue[], number>>();
  const cached = new Map<string, { readonly version: number; readonly rows: Bitset }>();

  const statement = (condition: string, column: string | undefined): Statement<FieldValue[], number> => {
    const sql =
      column === undefined
        ? `SELECT slot FROM fields_${id} WHERE field = ? AND ${condition}`
        : `SELECT slot FROM passages_${id} WHERE document IN (SELECT number FROM documents_${id} WHERE ${condition.replaceAll('value', column)})`;
    const known = prepared.get(sql) ?? database.prepare<FieldValue[], number>(sql).pluck();
    prepared.set(sql, known);
    return known;
  };

  const leafRows = (leaf: Leaf, index: VectorIndex): Bitset => {
    const column = columns[leaf.field];
    const rows = emptyBitset(index.rows);
    const add = (condition: string, values: readonly FieldValue[]): void => {
      // All rows at once: stepping an iterator costs five times as much.
      for (const slot of statement(condition, column).all(...(column === undefined ? [leaf.field] : []), ...values)) {
        const row = index.rowOf(slot);
        if (row >= 0) addRow(rows, row);
      }
    };
    for (const [condition, values] of conditions(leaf)) add(condition, values);
    return rows;
  };

  const cachedLeaf = (leaf: Leaf, index: VectorIndex): Bitset => {
    const key = JSON.stringify([leaf.op, leaf.field, 'value' in leaf ? leaf.value : null]);
    const known = cached.get(key);
    const rows = known?.version === index.version ? known.rows : leafRows(leaf, index);
    cached.delete(key);
    cached.set(key, { version: index.version, rows });
    const oldest = cached.size > maxCached ? cached.keys().next().value : undefined;
    if (oldest !== undefined) cached.delete(oldest);
    return rows;
  };

  const rowsOf = (filter: Filter, index: VectorIndex, depth: number): Bitset => {
    if (depth > maxDepth)
      throw new HeddleError(
        'filter_invalid',
        `The filter has more than ${maxDepth} levels: join its conditions in fewer levels.`,
      );
    switch (filter.op) {
      case 'and':
        return filter.filters.map((inner) => rowsOf(inner, index, depth + 1)).reduce(intersect);
      case 'or':
        return filter.filters.map((inner) => rowsOf(inner, index, depth + 1)).reduce(unite);
      case 'not':
        return subtract(index.live(), rowsOf(filter.filter, index, depth + 1));
      default:
        return cachedLeaf(filter, index);
    }
  };
  return (filter, index) => rowsOf(filter, index, 0);
}

function conditions(leaf: Leaf): readonly (readonly [condition: string, values: readonly FieldValue[]])[] {
  switch (leaf.op) {
    case 'exists':
      return [['value IS NOT NULL', []]];
    case 'eq':
    case 'in': {
      const values = leaf.op === 'eq' ? [leaf.value] : leaf.value;
      return values.flatMap((value) => {
        const stored = toFieldValue(value);
        return stored === undefined ? [] : [['value = ?', [stored]] as const];
      });
    }
    default: {
      if (typeof leaf.value === 'number' && !Number.isFinite(leaf.value)) return [];
      const bound = typeof leaf.value === 'number' ? "value < ''" : "value >= '' AND value < x''";
      return [[`value ${comparisons[leaf.op]} ? AND ${bound}`, [leaf.value]]];
    }
  }
}
