import {
  rollupUnits,
  type CallFigures,
  type CauseFigures,
  type RollupQuery,
  type RunFigures,
  type SavingFigures,
  type StatementValues,
  type Tables,
} from '@heddle/core';
import { entriesOfHex, entryBytes } from '../sql/histogram-blob.js';

type Stored<Figures, Blob extends keyof Figures> = Omit<Figures, Blob> & Readonly<Record<Blob, string>>;

/** Returns the length of the largest of day, hour and minute that divides `step`, in milliseconds. */
function unitOf(step: number): number {
  const { minute, hour, day } = rollupUnits;
  return [day.ms, hour.ms, minute.ms].find((unit) => step % unit === 0) ?? minute.ms;
}

export class RollupQueries {
  private readonly tables: Tables;

  constructor(tables: Tables) {
    this.tables = tables;
  }

  async runs(query: RollupQuery): Promise<readonly RunFigures[]> {
    const rows = await this.all<Stored<RunFigures, 'durations'>>(
      `SELECT ${key}, status, code, runs, ${hexOf('durations')} AS durations FROM rollup_runs`,
      query,
    );
    return rows.map((row) => ({ ...row, durations: entriesOfHex(row.durations) }));
  }

  async calls(query: RollupQuery): Promise<readonly CallFigures[]> {
    const rows = await this.all<Stored<CallFigures, 'firstTokens'>>(
      `SELECT ${key}, currency, calls, failed, input_tokens AS "inputTokens", output_tokens AS "outputTokens", cost,
         ${hexOf('first_tokens')} AS "firstTokens"
       FROM rollup_calls`,
      query,
    );
    return rows.map((row) => ({ ...row, firstTokens: entriesOfHex(row.firstTokens) }));
  }

  savings(query: RollupQuery): Promise<readonly SavingFigures[]> {
    return this.all<SavingFigures>(`SELECT ${key}, source, currency, money FROM rollup_savings`, query);
  }

  causes(query: RollupQuery & { readonly limit: number }): Promise<readonly CauseFigures[]> {
    const { sql, values } = conditionOf(query);
    return this.tables.all<CauseFigures>(
      `SELECT cause, code, node, grp AS "group", runs, last_run AS "lastRun", last_at AS "lastAt" FROM (
          SELECT cause, code, node, grp, last_run, last_at, CAST(sum(runs) OVER (PARTITION BY cause) AS bigint) AS runs,
            row_number() OVER (PARTITION BY cause ORDER BY last_at DESC, last_run) AS position
          FROM rollup_causes WHERE ${sql}) AS ranked
        WHERE position = 1 ORDER BY runs DESC, last_at DESC, cause LIMIT @limit`,
      { ...values, limit: query.limit },
    );
  }

  async failedRuns(query: RollupQuery & { readonly limit: number }): Promise<readonly string[]> {
    const { sql, values } = conditionOf(query);
    const rows = await this.tables.all<{ readonly run: string }>(
      `SELECT last_run AS run FROM rollup_causes WHERE ${sql} GROUP BY last_run ORDER BY max(last_at) DESC, last_run LIMIT @limit`,
      { ...values, limit: query.limit },
    );
    return rows.map(({ run }) => run);
  }

  private all<Row>(select: string, query: RollupQuery): Promise<readonly Row[]> {
    const { sql, values } = conditionOf(query);
    return this.tables.all<Row>(`${select} WHERE ${sql}`, { ...values, step: query.step });
  }
}

/** A histogram as text for `entriesOfHex`, because text is transferred in half the time of a blob. A damaged histogram reads as empty. */
const hexOf = (column: string): string =>
  `CASE WHEN length(${column}) % ${entryBytes} = 0 THEN hex(${column}) ELSE '' END`;

/** SQLite binds numbers as REAL, so a division without the casts would keep its fraction. */
const key = 'start / CAST(@step AS bigint) * CAST(@step AS bigint) AS time, grp AS "group", model';

function conditionOf({ from, to, step, groups, model }: RollupQuery): {
  readonly sql: string;
  readonly values: StatementValues;
} {
  return {
    sql: [
      'unit = @unit AND start >= @from AND start < @to',
      ...(groups === undefined ? [] : ['grp IN (EACH NUMBER @groups)']),
      ...(model === undefined ? [] : ['model = @model']),
    ].join(' AND '),
    // Starts are whole numbers.
    values: {
      unit: unitOf(step),
      from: Math.ceil(from),
      to: Math.ceil(to),
      groups: JSON.stringify(groups ?? []),
      model: model ?? null,
    },
  };
}
