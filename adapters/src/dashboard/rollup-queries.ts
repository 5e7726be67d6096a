import {
  rollupUnits,
  type CallFigures,
  type CauseFigures,
  type RollupQuery,
  type RollupSplit,
  type RunFigures,
  type SavingFigures,
} from '@heddle/core';
import type Database from 'better-sqlite3';
import { entriesOfHex, entryBytes } from './histogram-blob.js';

type Stored<Figures, Blob extends keyof Figures> = Omit<Figures, Blob> & Readonly<Record<Blob, string>>;
type Bindings = Readonly<Record<string, string | number | null>>;

/** The largest unit that a step is a whole number of. */
export function unitOf(step: number): number {
  const { minute, hour, day } = rollupUnits;
  return [day.ms, hour.ms, minute.ms].find((unit) => step % unit === 0) ?? minute.ms;
}

/** Reads the tables of sums. */
export function createRollupQueries(connection: Database.Database) {
  const prepared = new Map<string, Database.Statement<[Bindings]>>();
  const all = <Row>(sql: string, bindings: Bindings): readonly Row[] => {
    const statement = prepared.get(sql) ?? connection.prepare<[Bindings]>(sql);
    prepared.set(sql, statement);
    return statement.all(bindings) as Row[]; // the columns are named as in the rows of the port
  };

  return {
    runs(query: RollupQuery, split: RollupSplit): readonly RunFigures[] {
      const kept = split === 'time' ? 'status' : 'grp, model, status, code';
      const rows = all<Stored<RunFigures, 'durations'>>(
        `SELECT ${keyOf(split)}, ${split === 'time' ? "'' AS model, status, '' AS code" : 'model, status, code'},
           sum(runs) AS runs, ${joined('durations')} AS durations
         FROM rollup_runs WHERE ${condition(query)} GROUP BY ${split === 'time' ? 'time, ' : ''}${kept}`,
        bindingsOf(query),
      );
      return rows.map((row) => ({ ...row, durations: entriesOfHex(row.durations) }));
    },
    calls(query: RollupQuery, split: RollupSplit): readonly CallFigures[] {
      const rows = all<Stored<CallFigures, 'firstTokens'>>(
        `SELECT ${keyOf(split)}, ${split === 'time' ? "'' AS model" : 'model'}, currency, sum(calls) AS calls, sum(failed) AS failed,
           sum(input_tokens) AS inputTokens, sum(output_tokens) AS outputTokens, sum(cost) AS cost,
           ${joined('first_tokens')} AS firstTokens
         FROM rollup_calls WHERE ${condition(query)} GROUP BY ${split === 'time' ? 'time' : 'grp, model'}, currency`,
        bindingsOf(query),
      );
      return rows.map((row) => ({ ...row, firstTokens: entriesOfHex(row.firstTokens) }));
    },
    savings: (query: RollupQuery, split: RollupSplit): readonly SavingFigures[] =>
      all<SavingFigures>(
        `SELECT ${keyOf(split)}, ${split === 'time' ? "'' AS model" : 'model'}, source, currency, sum(money) AS money
         FROM rollup_savings WHERE ${condition(query)} GROUP BY ${split === 'time' ? 'time' : 'grp, model'}, source, currency`,
        bindingsOf(query),
      ),
    // A bare column beside max() is of the row with the maximum.
    causes: (query: RollupQuery & { readonly limit: number }): readonly CauseFigures[] =>
      all<CauseFigures>(
        `SELECT cause, code, node, grp AS "group", sum(runs) AS runs, last_run AS lastRun, max(last_at) AS lastAt
         FROM rollup_causes WHERE ${condition(query)} GROUP BY cause ORDER BY runs DESC, lastAt DESC LIMIT @limit`,
        { ...bindingsOf(query), limit: query.limit },
      ),
    failedRuns: (query: RollupQuery & { readonly limit: number }): readonly string[] =>
      all<{ readonly run: string }>(
        `SELECT last_run AS run FROM rollup_causes WHERE ${condition(query)} GROUP BY last_run ORDER BY max(last_at) DESC LIMIT @limit`,
        { ...bindingsOf(query), limit: query.limit },
      ).map(({ run }) => run),
  };
}

/** Histograms of all rows, for `entriesOfHex`. A damaged one must not shift those after it. */
const joined = (column: string): string =>
  `group_concat(iif(length(${column}) % ${entryBytes} = 0, hex(${column}), ''), '')`;

/** Numbers are bound as REAL, by which a division would keep its rest. */
const keyOf = (split: RollupSplit): string =>
  split === 'time'
    ? 'start / CAST(@step AS INTEGER) * CAST(@step AS INTEGER) AS time, 0 AS "group"'
    : '0 AS time, grp AS "group"';

function condition({ groups, model }: RollupQuery): string {
  return [
    'unit = @unit AND start >= @from AND start < @to AND @step > 0',
    ...(groups === undefined ? [] : ['grp IN (SELECT value FROM json_each(@groups))']),
    ...(model === undefined ? [] : ['model = @model']),
  ].join(' AND ');
}

const bindingsOf = ({ from, to, step, groups, model }: RollupQuery): Bindings => ({
  ...{ unit: unitOf(step), from, to, step },
  groups: JSON.stringify(groups ?? []),
  model: model ?? null,
});
