import type { RatingFigures, RatingsSource, Tables } from '@heddle/core';

/** Reads people's ratings. They are not summed up beforehand, because a person's later rating replaces the earlier one. */
export function createRatingsSource(tables: Tables): RatingsSource {
  return {
    async badlyRated({ from, to, workflows, limit }) {
      const sql = `SELECT run FROM run_feedback WHERE updated_at >= @from AND updated_at < @to AND score < 0.5
        AND coalesce(workflow, '') IN (EACH @workflows) GROUP BY run ORDER BY max(updated_at) DESC, max(number) DESC LIMIT @limit`;
      const values = { from, to, workflows: JSON.stringify(workflows), limit };
      return (await tables.all<{ readonly run: string }>(sql, values)).map(({ run }) => run);
    },
    ratings: ({ from, to, step, model }) =>
      tables.all<RatingFigures>(ratingsSql, { from, to, step, model: model ?? null }),
  };
}

const ratingsSql = `SELECT floor(f.updated_at / @step) * @step AS time, coalesce(f.workflow, '') AS workflow,
    coalesce(runs.version, 0) AS version, coalesce(m.model, '') AS model, count(*) AS ratings,
    sum(CASE WHEN f.score >= 0.5 THEN 1 ELSE 0 END) AS good, sum(f.score) AS sum
  FROM run_feedback AS f LEFT JOIN feedback_models AS m ON m.feedback = f.number LEFT JOIN runs ON runs.id = f.run
  WHERE f.score IS NOT NULL AND f.updated_at >= +@from AND f.updated_at < +@to AND (CAST(@model AS text) IS NULL OR m.model = @model)
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;
