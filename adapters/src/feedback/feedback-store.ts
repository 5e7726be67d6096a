import {
  LabelLevel,
  scoreOf,
  withoutUndefined,
  type Clock,
  type FeedbackEntry,
  type FeedbackErasure,
  type FeedbackStore,
  type FeedbackTotals,
  type FeedbackWrites,
  type GuardedWrite,
  type JudgedRun,
  type StatementValues,
  type StoredFeedback,
  type Tables,
  type Thumb,
} from '@heddle/core';
import { countUp, readRevision } from '../sql/revisions.js';

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

type Quality = Awaited<ReturnType<FeedbackStore['quality']>>;

/** How many answers of `quality` are cached. */
const mostKnown = 10_000;
/** The topic of `readRevision`: its revision increases with every change of feedback. */
const topic = 'feedback';

const columns = 'run, message, who, thumb, rating, score, comment, correction, label, created_at, updated_at';

/** Feedback on any database. @example const feedback = createFeedbackStore(sqliteTables(database), clock); */
export function createFeedbackStore(tables: Tables, clock: Pick<Clock, 'now'>): FeedbackStore {
  return {
    write: writesOf(clock),
    async of(runId) {
      const sql = `SELECT ${columns} FROM run_feedback WHERE run = @runId ORDER BY updated_at DESC, number DESC`;
      return (await tables.all<Row>(sql, { runId })).map(feedbackOf);
    },
    async totals(runIds) {
      const rows = await tables.all<TotalsRow>(totalsSql, { runIds: JSON.stringify(runIds) });
      return new Map(rows.map((row) => [row.run, totalsOf(row)]));
    },
    judged: async (workflow) => (await tables.all<JudgedRow>(judgedSql, { workflow })).map(judgedOf),
    quality: createQuality(tables),
    async count(query) {
      const sql = `SELECT count(*) AS count FROM run_feedback WHERE ${erased}`;
      return (await tables.get<{ readonly count: number }>(sql, erasureOf(query)))?.count ?? 0;
    },
  };
}

/** Every choice of a model calls this, so the means are cached until feedback changes. */
function createQuality(tables: Tables): FeedbackStore['quality'] {
  const revision = readRevision(tables, topic);
  const known = new Map<string, Quality>();
  let seen = -1;
  return async (model, workflow) => {
    const now = await revision();
    if (now !== seen || known.size > mostKnown) known.clear();
    seen = now;
    const key = JSON.stringify([model, workflow]);
    if (known.has(key)) return known.get(key);
    const row = await tables.get<MeanRow>(meanSql, { model, workflow: workflow ?? null });
    const quality = row === undefined || row.mean === null ? undefined : { samples: row.samples, mean: row.mean };
    if (seen === now) known.set(key, quality);
    return quality;
  };
}

interface MeanRow {
  readonly samples: number;
  readonly mean: number | null;
}

const meanSql = `SELECT count(score) AS samples, avg(score) AS mean FROM feedback_models JOIN run_feedback ON number = feedback
  WHERE model = +@model AND (CAST(@workflow AS text) IS NULL OR workflow = @workflow)`;

const totalsSql = `SELECT run, count(*) AS count, count(*) FILTER (WHERE score > 0.5) AS good, count(*) FILTER (WHERE score < 0.5) AS bad,
    avg(score) AS mean, count(comment) AS comments, count(correction) AS corrections
  FROM run_feedback WHERE run IN (EACH @runIds) GROUP BY run`;

const judgedSql = `SELECT run, avg(score) AS mean, count(*) FILTER (WHERE score < 0.5) AS bad, (
    SELECT correction FROM run_feedback AS given WHERE given.run = run_feedback.run AND given.message = '' AND correction IS NOT NULL
    ORDER BY updated_at DESC, number DESC LIMIT 1
  ) AS correction
  FROM run_feedback WHERE workflow = @workflow AND message = '' GROUP BY run ORDER BY min(number)`;

const ofAnswer = 'run = @runId AND message = @message AND who = @who';

const writesOf = (clock: Pick<Clock, 'now'>): FeedbackWrites => ({
  give(entry) {
    const { runId, message, who } = entry;
    const key = { runId, message, who };
    return [
      { sql: giveSql, values: { ...valuesOf(entry), now: clock.now() }, overwrites: true },
      {
        sql: `DELETE FROM feedback_models WHERE feedback = (SELECT number FROM run_feedback WHERE ${ofAnswer})`,
        values: key,
      },
      ...entry.models.map((model): GuardedWrite => ({
        sql: `INSERT INTO feedback_models (feedback, model) SELECT number, CAST(@model AS text) FROM run_feedback WHERE ${ofAnswer} ON CONFLICT DO NOTHING`,
        values: { ...key, model },
      })),
      ...entry.batches.map((batch): GuardedWrite => ({
        sql: `INSERT INTO feedback_batches (feedback, batch) SELECT number, CAST(@batch AS text) FROM run_feedback WHERE ${ofAnswer} ON CONFLICT DO NOTHING`,
        values: { ...key, batch },
      })),
      countUp(topic),
    ];
  },
  remove: (runId, message, who) => [
    { sql: `DELETE FROM run_feedback WHERE ${ofAnswer}`, values: { runId, message, who }, overwrites: true },
    countUp(topic),
  ],
  erase(query, count) {
    const values = erasureOf(query);
    return [
      ...erasedAnnotations.map((sql) => ({ sql, values, overwrites: true })),
      { sql: `DELETE FROM run_feedback WHERE ${erased}`, values, rows: count, overwrites: true },
      countUp(topic),
    ];
  },
});

const giveSql = `INSERT INTO run_feedback (run, message, who, project, workflow, subject, thumb, rating, score, comment, correction, label, created_at, updated_at)
  VALUES (@runId, @message, @who, @project, @workflow, @subject, @thumb, @rating, @score, @comment, @correction, @label, @now, @now)
  ON CONFLICT (run, message, who) DO UPDATE SET thumb = excluded.thumb, rating = excluded.rating, score = excluded.score,
    comment = excluded.comment, correction = excluded.correction, label = excluded.label, updated_at = excluded.updated_at`;

/** Matches a subject, and also an end user of a key or a link: their texts are the id of the key or link, followed by `@ends`. */
const bySubject = 'who = @subject OR substr(who, length(who) - length(@ends) + 1) = @ends';
const inScope = 'project IN (EACH @projects) AND (CAST(@workflow AS text) IS NULL OR workflow = @workflow)';
const erased = `${inScope} AND (subject = @subject OR ${bySubject}) AND (CAST(@before AS double precision) IS NULL OR updated_at < @before)`;
/** Deletes the annotations on runs of the person and the annotations by the person. */
const erasedAnnotations = [
  `DELETE FROM annotation_items WHERE ${inScope} AND subject = @subject`,
  `DELETE FROM annotations WHERE (${bySubject}) AND (CAST(@before AS double precision) IS NULL OR time < @before)
    AND item IN (SELECT number FROM annotation_items WHERE ${inScope})`,
];

function valuesOf(entry: FeedbackEntry): StatementValues {
  const { runId, message, who, project, workflow, subject, thumb, rating, comment, correction, label } = entry;
  return {
    runId,
    message,
    who,
    project,
    subject,
    label,
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
    // The column also holds the score of a thumb or rating; this field is only for scores that were given as such.
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

const erasureOf = ({ projects, workflow, subject, before }: FeedbackErasure): StatementValues => ({
  projects: JSON.stringify(projects),
  workflow: workflow ?? null,
  subject,
  ends: ` ${subject}`,
  before: before ?? null,
});
