import { ModelResult, type GuardedWrite, type Tables } from '@heddle/core';

/** A result with the model that it is about. */
interface MeasuredModel {
  readonly model: string;
  readonly result: ModelResult;
}

/** Experiments whose results are read for one model. */
const mostExperiments = 1_000;

/** Results of models, written once when an experiment ends, on any database. They go with their experiment. */
export class ModelResultStore {
  private readonly tables: Tables;

  constructor(tables: Tables) {
    this.tables = tables;
  }

  /** Replaces the results of an experiment. If the experiment was deleted meanwhile, nothing is stored. */
  async replace(experiment: string, results: readonly MeasuredModel[]): Promise<void> {
    await this.tables.note([
      // Who measures it too, or removes it, waits or was before.
      { sql: 'SELECT 1 FROM experiments WHERE id = @experiment FOR UPDATE', values: { experiment } },
      { sql: 'DELETE FROM model_results WHERE experiment = @experiment', values: { experiment } },
      ...results.map((measured) => insertion(experiment, measured)),
    ]);
  }

  /** The newest results of a model, of experiments that `mayRead` allows; it is asked once for each experiment. */
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
