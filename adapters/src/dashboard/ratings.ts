import type { RatingFigures, RatingsSource } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** The ratings in the table `feedback`. A person's later rating replaces the earlier one, so that they are read and not added up before. */
export function createRatingsSource({ connection, file }: HeddleDatabase): RatingsSource {
  const select = connection.prepare<
    { readonly from: number; readonly to: number; readonly step: number; readonly model: string | null },
    RatingFigures
  >(`
    SELECT CAST(feedback.time / @step AS INTEGER) * CAST(@step AS INTEGER) AS time, coalesce(feedback.workflow, '') AS workflow,
      coalesce(runs.version, 0) AS version, feedback.model AS model, count(*) AS ratings, sum(feedback.score >= 0.5) AS good,
      sum(feedback.score) AS sum
    FROM feedback LEFT JOIN runs ON runs.id = feedback.run
    WHERE feedback.time >= @from AND feedback.time < @to AND (@model IS NULL OR feedback.model = @model)
    GROUP BY 1, 2, 3, 4`);
  const bad = connection
    .prepare<[number, number, string, number], string>(
      `SELECT run FROM feedback WHERE time >= ? AND time < ? AND score < 0.5
         AND coalesce(workflow, '') IN (SELECT value FROM json_each(?)) GROUP BY run ORDER BY max(time) DESC LIMIT ?`,
    )
    .pluck();
  return {
    badlyRated: ({ from, to, workflows, limit }) =>
      withStorageErrors(file, () => bad.all(from, to, JSON.stringify(workflows), limit)),
    ratings: ({ from, to, step, model }) =>
      withStorageErrors(file, () => select.all({ from, to, step, model: model ?? null })),
  };
}
