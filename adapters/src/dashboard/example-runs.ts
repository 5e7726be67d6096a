import type { ExampleOrder, ExampleQuery, RollupGroup } from '@heddle/core';
import type Database from 'better-sqlite3';
import type { Origin } from './rollup-groups.js';

interface Row extends Origin {
  readonly id: string;
}

const orders: Readonly<Record<ExampleOrder, string>> = {
  newest: 'number DESC',
  slowest: 'ended_at - accepted_at DESC',
  dearest: 'cost DESC, number DESC',
  longest: 'input_tokens + output_tokens DESC',
};

/** Runs that are checked for examples: the newest ones of a time. */
const mostSeen = 2_000;

/** Finds runs of a time that show best what a figure is about. */
export function createExampleRuns(
  connection: Database.Database,
  groupOf: (origin: Origin) => number,
): (query: ExampleQuery, groups: readonly RollupGroup[]) => readonly string[] {
  const statements = new Map<ExampleOrder, Database.Statement<[number, number, number], Row>>();
  const prepare = (order: ExampleOrder): Database.Statement<[number, number, number], Row> =>
    connection.prepare<[number, number, number], Row>(`
      SELECT id, workflow_id AS workflow, version, run_trigger AS "trigger", caller, NULL AS key FROM (
        SELECT * FROM runs WHERE accepted_at >= ? - 86400000 AND ended_at >= ? AND ended_at < ?
        ORDER BY accepted_at DESC LIMIT ${mostSeen}
      ) ORDER BY ${orders[order]}`);
  return ({ from, to, order, limit }, groups) => {
    const statement = statements.get(order) ?? prepare(order);
    statements.set(order, statement);
    const ids = new Set(groups.map(({ id }) => id));
    const found: string[] = [];
    for (const row of statement.all(from, from, to)) {
      if (found.length === limit) break;
      if (ids.has(groupOf(row))) found.push(row.id);
    }
    return found;
  };
}
