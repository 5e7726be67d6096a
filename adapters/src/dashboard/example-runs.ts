import type { ExampleOrder, ExampleQuery, RollupGroup, Tables } from '@heddle/core';
import type { Origin, RollupGroups } from './rollup-groups.js';

interface Row extends Origin {
  readonly id: string;
}

const orders: Readonly<Record<ExampleOrder, string>> = {
  newest: 'number DESC',
  slowest: 'ended_at - accepted_at DESC, number DESC',
  dearest: 'cost DESC, number DESC',
  longest: 'input_tokens + output_tokens DESC, number DESC',
};

/** How many of the newest runs of a period are checked for examples. */
const mostSeen = 2_000;

const dayMs = 86_400_000;

const sqlOf = (order: ExampleOrder): string => `
  SELECT id, workflow_id AS workflow, version, run_trigger AS "trigger", caller, NULL AS key FROM (
    SELECT * FROM runs WHERE accepted_at >= @since AND ended_at >= @from AND ended_at < @to
    ORDER BY accepted_at DESC, number DESC LIMIT ${mostSeen}
  ) AS ended ORDER BY ${orders[order]}`;

/** Finds the runs of a period that best illustrate a figure. */
export async function findExampleRuns(
  tables: Tables,
  of: RollupGroups,
  { from, to, order, limit }: ExampleQuery,
  groups: readonly RollupGroup[],
): Promise<readonly string[]> {
  const rows = await tables.all<Row>(sqlOf(order), { from, to, since: from - dayMs });
  return (await of.ofGroups(rows, groups)).slice(0, limit).map(({ id }) => id);
}
