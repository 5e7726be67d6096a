import { ModelResult } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** Results of models in heddle.db, written once when an experiment ends. */
export class ModelResultStore {
  private readonly database: HeddleDatabase;
  private readonly statements: ReturnType<typeof prepareStatements>;

  constructor(database: HeddleDatabase) {
    this.database = database;
    this.statements = prepareStatements(database);
  }

  /** Replaces what an experiment measured. */
  replace(experiment: string, results: readonly { readonly model: string; readonly result: ModelResult }[]): void {
    this.within(() =>
      this.database.connection
        .transaction(() => {
          this.statements.forget.run(experiment);
          for (const { model, result } of results) {
            const { measuredAt, variant, metric } = result;
            this.statements.add.run(model, measuredAt, experiment, variant.id, metric.name, JSON.stringify(result));
          }
        })
        .immediate(),
    );
  }

  /** The newest results of a model, of experiments that `mayRead` allows; it is asked once for each experiment. */
  of(
    model: string,
    mayRead: (experiment: string) => boolean,
    limit: number,
  ): { readonly results: readonly ModelResult[]; readonly hasMore: boolean } {
    return this.within(() => {
      const results: ModelResult[] = [];
      for (const experiment of this.statements.experiments.all(model)) {
        if (!mayRead(experiment)) continue;
        if (results.length >= limit) return { results, hasMore: true };
        for (const body of this.statements.results.all(experiment, model))
          results.push(ModelResult.parse(JSON.parse(body)));
      }
      return { results, hasMore: false };
    });
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }
}

function prepareStatements({ connection }: HeddleDatabase) {
  return {
    forget: connection.prepare<[string]>('DELETE FROM model_results WHERE experiment = ?'),
    add: connection.prepare<[string, number, string, string, string, string]>(
      'INSERT OR REPLACE INTO model_results (model, measured_at, experiment, variant, metric, body) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    experiments: connection
      .prepare<[string], string>(
        'SELECT experiment FROM model_results WHERE model = ? GROUP BY measured_at, experiment ORDER BY measured_at DESC LIMIT 1000',
      )
      .pluck(),
    results: connection
      .prepare<[string, string], string>(
        'SELECT body FROM model_results WHERE experiment = ? AND model = ? ORDER BY variant, metric',
      )
      .pluck(),
  };
}
