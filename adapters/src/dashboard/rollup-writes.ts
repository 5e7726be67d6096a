import type Database from 'better-sqlite3';
import { toBlob } from './histogram-blob.js';
import type { RollupSums } from './rollup-facts.js';

type Row = Readonly<Record<string, string | number | Buffer>>;

/** Adds sums to the tables. */
export function createRollupWrites(connection: Database.Database): (unit: number, sums: RollupSums) => void {
  const runs = connection.prepare<[Row]>(`
    INSERT INTO rollup_runs VALUES (@unit, @start, @group, @model, @status, @code, @runs, @durations)
    ON CONFLICT DO UPDATE SET runs = runs + excluded.runs, durations = histogram_add(durations, excluded.durations)`);
  const calls = connection.prepare<[Row]>(`
    INSERT INTO rollup_calls VALUES
      (@unit, @start, @group, @model, @currency, @calls, @failed, @inputTokens, @outputTokens, @cost, @firstTokens)
    ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, failed = failed + excluded.failed,
      input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens,
      cost = cost + excluded.cost, first_tokens = histogram_add(first_tokens, excluded.first_tokens)`);
  const savings = connection.prepare<[Row]>(`
    INSERT INTO rollup_savings VALUES (@unit, @start, @group, @model, @source, @currency, @money)
    ON CONFLICT DO UPDATE SET money = money + excluded.money`);
  const causes = connection.prepare<[Row]>(`
    INSERT INTO rollup_causes VALUES (@unit, @start, @group, @model, @cause, @code, @node, @runs, @lastRun, @lastAt)
    ON CONFLICT DO UPDATE SET runs = runs + excluded.runs,
      last_run = CASE WHEN excluded.last_at >= last_at THEN excluded.last_run ELSE last_run END,
      last_at = max(last_at, excluded.last_at)`);
  return (unit, sums) => {
    for (const sum of sums.runs.values()) runs.run({ unit, ...sum, durations: toBlob(sum.durations) });
    for (const sum of sums.calls.values()) calls.run({ unit, ...sum, firstTokens: toBlob(sum.firstTokens) });
    for (const sum of sums.savings.values()) savings.run({ unit, ...sum });
    for (const sum of sums.causes.values()) causes.run({ unit, ...sum });
  };
}
