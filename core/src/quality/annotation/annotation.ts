import { z } from 'zod';
import { LabelLevel } from '../../labels/label.js';
import { withReadOnly } from '../../api/read-only.js';
import { Calibration } from '../evaluators/calibration.js';
import { FeedbackFilter, mostCorrection } from '../feedback/feedback.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** A level of a criterion, such as 1 "unclear". */
export const RubricLevel = lazyStrictObject(() => ({
  value: z.number().min(-1_000).max(1_000),
  title: z.string().trim().min(1).max(100),
  description: z.string().max(500).optional(),
})).meta({ id: 'RubricLevel' });
export type RubricLevel = z.infer<typeof RubricLevel>;

/** What people judge an answer by. */
export const RubricCriterion = lazyStrictObject(() => ({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, {
    error: 'Lower-case letters, digits and -, at most 60, starting with a letter',
  }),
  title: z.string().trim().min(1).max(100),
  description: z.string().max(1_000).optional(),
  /** In their order; the first five have the keys 1 to 5. */
  levels: z
    .array(RubricLevel)
    .min(2)
    .max(10)
    .refine((levels) => new Set(levels.map(({ value }) => value)).size === levels.length, {
      error: 'Two levels have the same value',
    }),
})).meta({ id: 'RubricCriterion' });
export type RubricCriterion = z.infer<typeof RubricCriterion>;

/** What people are asked about each answer. */
export const Rubric = lazyStrictObject(() => ({
  instructions: z.string().max(5_000).default(''),
  criteria: z
    .array(RubricCriterion)
    .max(10)
    .default([])
    .refine((criteria) => new Set(criteria.map(({ name }) => name)).size === criteria.length, {
      error: 'Two criteria have the same name',
    }),
  /** Whether there is a field for free text. */
  hasText: z.boolean().default(false),
  /** Whether there is a field for the corrected answer. */
  hasCorrection: z.boolean().default(false),
})).meta({ id: 'Rubric' });
export type Rubric = z.infer<typeof Rubric>;

/** Body of `POST /api/annotation-queues`. */
export const CreateQueueRequest = lazyStrictObject(() => ({
  name: z.string().trim().min(1).max(200),
  /** `rate`: one answer at a time. `compare`: which of two answers is better. */
  kind: z.enum(['rate', 'compare']).default('rate'),
  rubric: Rubric,
  /** Who annotates, as `Principal.id`; empty: every member who may rate runs. */
  assignees: z.array(z.string().min(1).max(300)).max(100).default([]),
  /** The share of items that two people annotate, 0 to 1, to measure how well people agree. */
  double: z.number().min(0).max(1).default(0),
  /** The highest level of a run that people see here; runs above it are left out. */
  clearance: LabelLevel.default('internal'),
}))
  .refine(
    ({ kind, rubric }) => kind === 'compare' || rubric.criteria.length > 0 || rubric.hasText || rubric.hasCorrection,
    {
      error: 'A rubric without criteria, text and correction asks nothing',
      path: ['rubric'],
    },
  )
  .meta({ id: 'CreateQueueRequest' });
export type CreateQueueRequest = z.infer<typeof CreateQueueRequest>;

/** A queue, and how far it is. */
export const AnnotationQueue = lazyObject(() => ({
  ...CreateQueueRequest.shape,
  id: z.string(),
  createdAt: z.number(),
  items: z.int().nonnegative(),
  /** Items that have all annotations they need. */
  done: z.int().nonnegative(),
  /** Items that wait for the caller. */
  open: z.int().nonnegative(),
})).meta({ id: 'AnnotationQueue' });
export type AnnotationQueue = z.infer<typeof AnnotationQueue>;

/** Body of `PATCH /api/annotation-queues/:id`. The rubric cannot change: earlier answers would get another meaning. */
export const ChangeQueueRequest = withReadOnly(
  lazyStrictObject(() => ({
    name: z.string().trim().min(1).max(200).optional(),
    assignees: z.array(z.string().min(1).max(300)).max(100).optional(),
  })),
  AnnotationQueue,
).meta({ id: 'ChangeQueueRequest' });
export type ChangeQueueRequest = z.infer<typeof ChangeQueueRequest>;

/** Reply of `GET /api/annotation-queues`. */
export const AnnotationQueuesReply = z
  .object({ queues: z.array(AnnotationQueue) })
  .meta({ id: 'AnnotationQueuesReply' });
export type AnnotationQueuesReply = z.infer<typeof AnnotationQueuesReply>;

const RunIds = z.array(z.string().min(1).max(200)).min(1).max(1_000);

/** Body of `POST /api/annotation-queues/:id/items`: runs, pairs of runs, or the newest runs of a filter, of them a random sample. */
export const AddItemsRequest = lazyStrictObject(() => ({
  runs: RunIds.optional(),
  pairs: z
    .array(z.tuple([z.string().max(200), z.string().max(200)]))
    .min(1)
    .max(1_000)
    .optional(),
  filter: z
    .strictObject({
      /** Id or slug. */
      workflow: z.string().min(1).max(200),
      /** Accepted from this time on (milliseconds since the epoch). */
      since: z.number().nonnegative().optional(),
      feedback: FeedbackFilter.optional(),
      search: z.string().max(200).optional(),
      limit: z.int().min(1).max(1_000).default(100),
    })
    .optional(),
  /** The runs of an experiment on which its judges disagree most, the largest difference first. */
  disagreement: z
    .strictObject({
      /** Id of an experiment of the project. */
      experiment: z.string().min(1).max(200),
      /** Metrics to compare, from 0 to 1 each; by default the LLM judges and the models of their panels. */
      metrics: z.array(z.string().min(1).max(100)).min(2).max(30).optional(),
      /** The smallest difference between two judges. */
      least: z.number().gt(0).max(1).default(0.25),
      limit: z.int().min(1).max(1_000).default(50),
    })
    .optional(),
  /** A random sample of this many runs. */
  sample: z.int().min(1).max(1_000).optional(),
}))
  .refine(
    ({ runs, pairs, filter, disagreement }) =>
      [runs, pairs, filter, disagreement].filter((given) => given !== undefined).length === 1,
    { error: 'Give one of runs, pairs, filter and disagreement' },
  )
  .meta({ id: 'AddItemsRequest' });
export type AddItemsRequest = z.infer<typeof AddItemsRequest>;

/** What happened to each of the runs. */
export const AddItemsReply = lazyObject(() => ({
  added: z.int().nonnegative(),
  /** In the queue already. */
  known: z.int().nonnegative(),
  /** Above the clearance of the queue. */
  above: z.int().nonnegative(),
  /** Not ended, without values, of another project, or not to be read by the caller. */
  refused: z.int().nonnegative(),
})).meta({ id: 'AddItemsReply' });
export type AddItemsReply = z.infer<typeof AddItemsReply>;

/** A run as an annotator sees it. */
export const AnnotatedRun = lazyObject(() => ({
  runId: z.string(),
  workflowName: z.string(),
  inputs: z.record(z.string(), z.unknown()),
  outputs: z.record(z.string(), z.unknown()),
  label: LabelLevel,
})).meta({ id: 'AnnotatedRun' });
export type AnnotatedRun = z.infer<typeof AnnotatedRun>;

/** What a person says about an item. */
export const AnnotationRequest = lazyStrictObject(() => ({
  /** The value of a level, by the name of its criterion. */
  scores: z.record(z.string(), z.number()).default({}),
  text: z.string().max(10_000).optional(),
  correction: z
    .unknown()
    .refine((value) => (JSON.stringify(value) ?? '').length <= mostCorrection, {
      error: `At most ${mostCorrection} characters as JSON`,
    })
    .optional(),
  /** In a queue that compares: the id of the better run, or `tie`. */
  preferred: z.string().min(1).max(200).optional(),
  /** Leaves it to others. */
  isSkipped: z.boolean().default(false),
})).meta({ id: 'AnnotationRequest' });
export type AnnotationRequest = z.infer<typeof AnnotationRequest>;

/** The item that a person works on: nobody else gets it before `until`, unless it needs two people. */
export const AnnotationTask = lazyObject(() => ({
  item: z.int().positive(),
  /** One run, or two to compare, in the order in which they are shown. */
  runs: z.array(AnnotatedRun),
  until: z.number(),
})).meta({ id: 'AnnotationTask' });
export type AnnotationTask = z.infer<typeof AnnotationTask>;

/** Reply of `POST /api/annotation-queues/:id/next`: without a task there is nothing left for the caller. */
export const NextTaskReply = lazyObject(() => ({ queue: AnnotationQueue, task: AnnotationTask.optional() })).meta({
  id: 'NextTaskReply',
});
export type NextTaskReply = z.infer<typeof NextTaskReply>;

/** What a person said about an item. */
export const Annotation = lazyObject(() => ({
  item: z.int().positive(),
  runs: z.array(z.string()),
  who: z.string(),
  scores: z.record(z.string(), z.number()),
  text: z.string().optional(),
  correction: z.unknown().optional(),
  preferred: z.string().optional(),
  isSkipped: z.boolean(),
  time: z.number(),
})).meta({ id: 'Annotation' });
export type Annotation = z.infer<typeof Annotation>;

/** How well two people agree. */
export const Agreement = lazyObject(() => ({
  /** The name of a criterion; `preferred` in a queue that compares. */
  criterion: z.string(),
  /** Items with two annotations. */
  items: z.int().nonnegative(),
  /** The share of items on which both say the same; missing without items. */
  same: z.number().optional(),
  /** Cohen's kappa: 1 is full agreement, 0 is what chance gives; missing if chance alone explains the agreement. */
  kappa: z.number().optional(),
  /** Its 95 % interval. */
  interval: z.object({ low: z.number(), high: z.number() }).optional(),
})).meta({ id: 'Agreement' });
export type Agreement = z.infer<typeof Agreement>;

/** Reply of `GET /api/annotation-queues/:id/results`. */
export const QueueResultsReply = lazyObject(() => ({
  annotations: z.array(Annotation),
  agreement: z.array(Agreement),
  names: z.record(z.string(), z.string()),
})).meta({ id: 'QueueResultsReply' });
export type QueueResultsReply = z.infer<typeof QueueResultsReply>;

/** Body of `POST /api/annotation-queues/:id/dataset`: rows with the corrected answers of a queue. */
export const QueueRowsRequest = lazyStrictObject(() => ({
  dataset: z.string().min(1).max(200),
  split: z.string().min(1).max(100).optional(),
  tags: z.array(z.string().min(1).max(100)).max(100).optional(),
})).meta({ id: 'QueueRowsRequest' });
export type QueueRowsRequest = z.infer<typeof QueueRowsRequest>;

/**
 * Body of `POST /api/annotation-queues/:id/calibration`: compares what people said in a queue with what the LLM judges of an experiment or a monitor said about
 * the same runs.
 */
export const CalibrateQueueRequest = lazyStrictObject(() => ({
  /** Id of an experiment of the project. */
  experiment: z.string().min(1).max(200).optional(),
  /** Id of a monitor of the project. */
  monitor: z.string().min(1).max(200).optional(),
  /** The criterion that the judges judge too; by default the only one of the rubric. */
  criterion: z.string().min(1).max(60).optional(),
  /** Names of judges; by default all of them. */
  judges: z.array(z.string().min(1).max(100)).min(1).max(30).optional(),
}))
  .refine(({ experiment, monitor }) => (experiment === undefined) !== (monitor === undefined), {
    error: 'Give one of experiment and monitor',
  })
  .meta({ id: 'CalibrateQueueRequest' });
export type CalibrateQueueRequest = z.infer<typeof CalibrateQueueRequest>;

/** The judges, each with how far it agrees with people now. */
export const CalibrateQueueReply = z
  .object({
    judges: z.array(
      lazyObject(() => ({
        name: z.string(),
        /** Answers of the queue that the judge judged too, once for each person. */
        pairs: z.int().nonnegative(),
        calibration: Calibration,
      })),
    ),
  })
  .meta({ id: 'CalibrateQueueReply' });
export type CalibrateQueueReply = z.infer<typeof CalibrateQueueReply>;

/** A value that a person gave, for the calibration of a judge. */
export interface PersonValue {
  readonly run: string;
  readonly criterion: string;
  readonly value: number;
  readonly person: string;
}
