import { ModelResult, type GuardedWrite, type Tables } from '@heddle/core';

interface MeasuredModel {
  readonly model: string;
  readonly result: ModelResult;
}

const mostExperiments = 1_000;

/** Stores results of models in any database. They are written once, when an experiment ends, and are deleted with it. */
export class ModelResultStore {
  private readonly tables: Tables;

  constructor(tables: Tables) {
    this.tables = tables;
  }

  /** Replaces the results of an experiment. Stores nothing if the experiment was deleted. */
  async replace(experiment: string, results: readonly MeasuredModel[]): Promise<void> {
    await this.tables.note([
      // A lock: other measurements and the removal of the experiment are committed before or after this.
      { sql: 'SELECT 1 FROM experiments WHERE id = @experiment FOR UPDATE', values: { experiment } },
      { sql: 'DELETE FROM model_results WHERE experiment = @experiment', values: { experiment } },
      ...results.map((measured) => insertion(experiment, measured)),
    ]);
  }

  /** The newest results of a model, from experiments that `mayRead` allows. `mayRead` is called once for each experiment. */
  async of(
    model: string,
    mayRead: (experiment: string) => boolean,
    limit: number,
  ): Promise<{ readonly results: readonly ModelResult[]; readonly hasMore: boolean }> {
    const results: ModelResult[] = [];
    for (const experiment of await this.experimentsOf(model)) {
      if (!mayRead(experiment)) continue;
      if (results.length >= limit) return { results, hasMore: true };
      results.push(...(await this.ofExperiment(experiment, model)));
    }
    return { results, hasMore: false };
  }

  private async experimentsOf(model: string): Promise<readonly string[]> {
    const sql = `SELECT experiment FROM model_results WHERE model = @model GROUP BY measured_at, experiment
      ORDER BY measured_at DESC, experiment LIMIT @mostExperiments`;
    const found = await this.tables.all<{ readonly experiment: string }>(sql, { model, mostExperiments });
    return found.map(({ experiment }) => experiment);
  }

  private async ofExperiment(experiment: string, model: string): Promise<readonly ModelResult[]> {
    const sql =
      'SELECT body FROM model_results WHERE experiment = @experiment AND model = @model ORDER BY variant, metric';
    const found = await this.tables.all<{ readonly body: string }>(sql, { experiment, model });
    return found.map(({ body }) => ModelResult.parse(JSON.parse(body)));
  }
}

function insertion(experiment: string, { model, result }: MeasuredModel): GuardedWrite {
  const { measuredAt, variant, metric } = result;
  return {
    sql: `INSERT INTO model_results (model, measured_at, experiment, variant, metric, body)
      SELECT @model, @measuredAt, id, @variant, @metric, @body FROM experiments WHERE id = @experiment AND state <> 'unfinished'
      ON CONFLICT (model, measured_at, experiment, variant, metric) DO UPDATE SET body = excluded.body`,
    values: { model, measuredAt, experiment, variant: variant.id, metric: metric.name, body: JSON.stringify(result) },
  };
}
