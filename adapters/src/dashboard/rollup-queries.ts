import {
  rollupUnits,
  type CallFigures,
  type CauseFigures,
  type RollupQuery,
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
    runs(query: RollupQuery): readonly RunFigures[] {
      const rows = all<Stored<RunFigures, 'durations'>>(
        `SELECT ${key}, status, code, runs, ${hexOf('durations')} AS durations FROM rollup_runs WHERE ${condition(query)}`,
        bindingsOf(query),
      );
      return rows.map((row) => ({ ...row, durations: entriesOfHex(row.durations) }));
    },
    calls(query: RollupQuery): readonly CallFigures[] {
      const rows = all<Stored<CallFigures, 'firstTokens'>>(
        `SELECT ${key}, currency, calls, failed, input_tokens AS inputTokens, output_tokens AS outputTokens, cost,
           ${hexOf('first_tokens')} AS firstTokens
         FROM rollup_calls WHERE ${condition(query)}`,
        bindingsOf(query),
      );
      return rows.map((row) => ({ ...row, firstTokens: entriesOfHex(row.firstTokens) }));
    },
    savings: (query: RollupQuery): readonly SavingFigures[] =>
      all<SavingFigures>(
        `SELECT ${key}, source, currency, money FROM rollup_savings WHERE ${condition(query)}`,
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

/** A histogram for `entriesOfHex`, as the driver hands over a text in half the time of a blob. A damaged one is empty. */
const hexOf = (column: string): string => `iif(length(${column}) % ${entryBytes} = 0, hex(${column}), '')`;

/** Numbers are bound as REAL, by which a division would keep its rest. */
const key = 'start / CAST(@step AS INTEGER) * CAST(@step AS INTEGER) AS time, grp AS "group", model';

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
