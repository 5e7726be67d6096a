import type { Clock } from '@heddle/core';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** A person's rating of a run. */
export interface FeedbackEntry {
  readonly runId: string;
  readonly workflow: string | undefined;
  readonly models: readonly string[];
  readonly who: string;
  /** 0 to 1. */
  readonly score: number;
  readonly comment: string | undefined;
}

/** Feedback, per model and workflow. A person's later rating of the same run and model replaces the earlier one. */
export interface FeedbackStore {
  add(entry: FeedbackEntry): void;
  /** Mean score of a model, in one workflow or over all; undefined if there is no feedback. */
  quality(model: string, workflow: string | undefined): { readonly samples: number; readonly mean: number } | undefined;
}

/** Feedback in heddle.db. @example const feedback = createFeedbackStore(database, clock); */
export function createFeedbackStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): FeedbackStore {
  const { connection, file } = database;
  const write = connection.prepare(`
    INSERT INTO feedback (run, who, model, workflow, score, comment, time) VALUES (@runId, @who, @model, @workflow, @score, @comment, @time)
    ON CONFLICT (run, who, model) DO UPDATE SET score = excluded.score, comment = excluded.comment, time = excluded.time`);
  const mean = connection.prepare<
    { readonly model: string; readonly workflow: string | null },
    { readonly samples: number; readonly mean: number | null }
  >(
    'SELECT count(*) AS samples, avg(score) AS mean FROM feedback WHERE model = @model AND (@workflow IS NULL OR workflow = @workflow)',
  );
  const known = new Map<string, ReturnType<FeedbackStore['quality']>>();
  return {
    add: ({ runId, workflow, models, who, score, comment }) =>
      commitPowerSafe(database, () => {
        for (const model of models)
          write.run({
            ...{ runId, who, model, score },
            workflow: workflow ?? null,
            comment: comment ?? null,
            time: clock.now(),
          });
        known.clear();
      }),
    quality: (model, workflow) =>
      withStorageErrors(file, () => {
        const key = JSON.stringify([model, workflow]);
        if (known.has(key)) return known.get(key);
        const row = mean.get({ model, workflow: workflow ?? null });
        const quality = row === undefined || row.mean === null ? undefined : { samples: row.samples, mean: row.mean };
        if (known.size > 10_000) known.clear();
        known.set(key, quality);
        return quality;
      }),
  };
}
