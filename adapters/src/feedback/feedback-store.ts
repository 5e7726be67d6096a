import {
  LabelLevel,
  scoreOf,
  withoutUndefined,
  type Clock,
  type FeedbackEntry,
  type FeedbackErasure,
  type FeedbackStore,
  type FeedbackTotals,
  type JudgedRun,
  type StoredFeedback,
  type Thumb,
} from '@heddle/core';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';
import { withStorageErrors } from '../database/storage-error.js';

interface Row {
  readonly run: string;
  readonly message: string;
  readonly who: string;
  readonly thumb: Thumb | null;
  readonly rating: number | null;
  readonly score: number | null;
  readonly comment: string | null;
  readonly correction: string | null;
  readonly label: string;
  readonly created_at: number;
  readonly updated_at: number;
}

interface TotalsRow {
  readonly run: string;
  readonly count: number;
  readonly good: number;
  readonly bad: number;
  readonly mean: number | null;
  readonly comments: number;
  readonly corrections: number;
}

interface JudgedRow {
  readonly run: string;
  readonly mean: number | null;
  readonly bad: number;
  readonly correction: string | null;
}

interface NewRow {
  readonly runId: string;
  readonly message: string;
  readonly who: string;
  readonly project: string;
  readonly workflow: string | null;
  readonly subject: string;
  readonly thumb: Thumb | null;
  readonly rating: number | null;
  readonly score: number | null;
  readonly comment: string | null;
  readonly correction: string | null;
  readonly label: string;
  readonly now: number;
}

interface ErasureRow {
  readonly projects: string;
  readonly workflow: string | null;
  readonly subject: string;
  readonly ends: string;
  readonly before: number | null;
}

type Quality = ReturnType<FeedbackStore['quality']>;

/** Answers of `quality` that are kept. */
const mostKnown = 10_000;

/** Feedback in heddle.db. @example const feedback = createFeedbackStore(database, clock); */
export function createFeedbackStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): FeedbackStore {
  const { connection, file } = database;
  const statements = prepareStatements(connection);
  const known = new Map<string, Quality>();
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  const change = <T>(work: () => T): T => {
    known.clear();
    return commitPowerSafe(database, () => overwriting(connection, work));
  };

  function give(entry: FeedbackEntry): void {
    const { number } = statements.give.get(rowOf(entry, clock.now())) ?? { number: 0 };
    statements.forgetModels.run(number);
    for (const model of entry.models) statements.addModel.run(number, model);
    for (const batch of entry.batches) statements.addBatch.run(number, batch);
  }

  return {
    give: (entry) => change(() => give(entry)),
    remove: (runId, message, who) => change(() => statements.remove.run(runId, message, who).changes > 0),
    of: (runId) => read(() => statements.of.all(runId).map(feedbackOf)),
    totals: (runIds) =>
      read(() => new Map(statements.totals.all(JSON.stringify(runIds)).map((row) => [row.run, totalsOf(row)]))),
    judged: (workflow) => read(() => statements.judged.all(workflow).map(judgedOf)),
    quality: (model, workflow) =>
      read(() => {
        const key = JSON.stringify([model, workflow]);
        if (known.has(key)) return known.get(key);
        const row = statements.mean.get({ model, workflow: workflow ?? null });
        const quality = row === undefined || row.mean === null ? undefined : { samples: row.samples, mean: row.mean };
        if (known.size > mostKnown) known.clear();
        known.set(key, quality);
        return quality;
      }),
    erase: (query) =>
      change(() => {
        const of = erasureOf(query);
        for (const erasure of statements.eraseAnnotations) erasure.run(of);
        return statements.erase.run(of).changes;
      }),
  };
}

function prepareStatements(connection: HeddleDatabase['connection']) {
  return {
    give: connection.prepare<[NewRow], { readonly number: number }>(`
      INSERT INTO run_feedback (run, message, who, project, workflow, subject, thumb, rating, score, comment, correction, label, created_at, updated_at)
      VALUES (@runId, @message, @who, @project, @workflow, @subject, @thumb, @rating, @score, @comment, @correction, @label, @now, @now)
      ON CONFLICT (run, message, who) DO UPDATE SET thumb = excluded.thumb, rating = excluded.rating, score = excluded.score,
        comment = excluded.comment, correction = excluded.correction, label = excluded.label, updated_at = excluded.updated_at
      RETURNING number`),
    forgetModels: connection.prepare<[number]>('DELETE FROM feedback_models WHERE feedback = ?'),
    addModel: connection.prepare<[number, string]>(
      'INSERT OR IGNORE INTO feedback_models (feedback, model) VALUES (?, ?)',
    ),
    addBatch: connection.prepare<[number, string]>(
      'INSERT OR IGNORE INTO feedback_batches (feedback, batch) VALUES (?, ?)',
    ),
    remove: connection.prepare<[string, string, string]>(
      'DELETE FROM run_feedback WHERE run = ? AND message = ? AND who = ?',
    ),
    of: connection.prepare<[string], Row>(
      'SELECT * FROM run_feedback WHERE run = ? ORDER BY updated_at DESC, number DESC',
    ),
    totals: connection.prepare<[string], TotalsRow>(`
      SELECT run, count(*) AS count, coalesce(sum(score > 0.5), 0) AS good, coalesce(sum(score < 0.5), 0) AS bad, avg(score) AS mean,
        count(comment) AS comments, count(correction) AS corrections
      FROM run_feedback WHERE run IN (SELECT value FROM json_each(?)) GROUP BY run`),
    judged: connection.prepare<[string], JudgedRow>(`
      SELECT run, avg(score) AS mean, coalesce(sum(score < 0.5), 0) AS bad, (
          SELECT correction FROM run_feedback AS given WHERE given.run = run_feedback.run AND given.message = '' AND correction IS NOT NULL
          ORDER BY updated_at DESC, number DESC LIMIT 1
        ) AS correction
      FROM run_feedback WHERE workflow = ? AND message = '' GROUP BY run ORDER BY min(number)`),
    mean: connection.prepare<
      { readonly model: string; readonly workflow: string | null },
      { readonly samples: number; readonly mean: number | null }
    >(`
      SELECT count(score) AS samples, avg(score) AS mean FROM feedback_models JOIN run_feedback ON number = feedback
      WHERE model = @model AND (@workflow IS NULL OR workflow = @workflow)`),
    // What people annotated on runs of the person, and what the person annotated.
    eraseAnnotations: [
      `DELETE FROM annotation_items WHERE project IN (SELECT value FROM json_each(@projects)) AND (@workflow IS NULL OR workflow = @workflow)
        AND subject = @subject`,
      `DELETE FROM annotations WHERE (who = @subject OR substr(who, -length(@ends)) = @ends) AND (@before IS NULL OR time < @before)
        AND item IN (SELECT number FROM annotation_items WHERE project IN (SELECT value FROM json_each(@projects))
          AND (@workflow IS NULL OR workflow = @workflow))`,
    ].map((sql) => connection.prepare<[ErasureRow]>(sql)),
    erase: connection.prepare<[ErasureRow]>(`
      DELETE FROM run_feedback WHERE project IN (SELECT value FROM json_each(@projects)) AND (@workflow IS NULL OR workflow = @workflow)
        AND (subject = @subject OR who = @subject OR substr(who, -length(@ends)) = @ends) AND (@before IS NULL OR updated_at < @before)`),
  };
}

function rowOf(entry: FeedbackEntry, now: number): NewRow {
  const { runId, message, who, project, workflow, subject, thumb, rating, comment, correction, label } = entry;
  return {
    ...{ runId, message, who, project, subject, label, now },
    workflow: workflow ?? null,
    thumb: thumb ?? null,
    rating: rating ?? null,
    score: scoreOf(entry) ?? null,
    comment: comment ?? null,
    correction: correction === undefined ? null : JSON.stringify(correction),
  };
}

function feedbackOf(row: Row): StoredFeedback {
  return withoutUndefined({
    runId: row.run,
    message: row.message,
    who: row.who,
    thumb: row.thumb ?? undefined,
    rating: row.rating ?? undefined,
    // A thumb and a rating are scores too.
    score: row.thumb === null && row.rating === null ? (row.score ?? undefined) : undefined,
    comment: row.comment ?? undefined,
    correction: row.correction === null ? undefined : (JSON.parse(row.correction) as unknown),
    label: LabelLevel.parse(row.label),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
}

const totalsOf = ({ run: _, mean, ...row }: TotalsRow): FeedbackTotals => (mean === null ? row : { ...row, mean });

function judgedOf({ run: runId, mean, bad, correction }: JudgedRow): JudgedRun {
  const judged = { runId, mean: mean ?? undefined, bad };
  return correction === null ? judged : { ...judged, correction: JSON.parse(correction) as unknown };
}

/** The end user of a key or a link stands after its id. */
const erasureOf = ({ projects, workflow, subject, before }: FeedbackErasure): ErasureRow => ({
  projects: JSON.stringify(projects),
  workflow: workflow ?? null,
  subject,
  ends: ` ${subject}`,
  before: before ?? null,
});
