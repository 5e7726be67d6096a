import type { RatingFigures, RatingsSource } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** The ratings of people. A person's later rating replaces the earlier one, so that they are read and not added up before. */
export function createRatingsSource({ connection, file }: HeddleDatabase): RatingsSource {
  const select = connection.prepare<
    { readonly from: number; readonly to: number; readonly step: number; readonly model: string | null },
    RatingFigures
  >(`
    SELECT CAST(f.updated_at / @step AS INTEGER) * CAST(@step AS INTEGER) AS time, coalesce(f.workflow, '') AS workflow,
      coalesce(runs.version, 0) AS version, coalesce(m.model, '') AS model, count(*) AS ratings, sum(f.score >= 0.5) AS good,
      sum(f.score) AS sum
    FROM run_feedback f LEFT JOIN feedback_models m ON m.feedback = f.number LEFT JOIN runs ON runs.id = f.run
    WHERE f.score IS NOT NULL AND f.updated_at >= @from AND f.updated_at < @to AND (@model IS NULL OR m.model = @model)
    GROUP BY 1, 2, 3, 4`);
  const bad = connection
    .prepare<[number, number, string, number], string>(
      `SELECT run FROM run_feedback WHERE updated_at >= ? AND updated_at < ? AND score < 0.5
         AND coalesce(workflow, '') IN (SELECT value FROM json_each(?)) GROUP BY run ORDER BY max(updated_at) DESC LIMIT ?`,
    )
    .pluck();
  return {
    badlyRated: ({ from, to, workflows, limit }) =>
      withStorageErrors(file, () => bad.all(from, to, JSON.stringify(workflows), limit)),
    ratings: ({ from, to, step, model }) =>
      withStorageErrors(file, () => select.all({ from, to, step, model: model ?? null })),
  };
}
