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

/** A criterion by which people judge an answer. */
export const RubricCriterion = lazyStrictObject(() => ({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, {
    error: 'Lower-case letters, digits and -, at most 60, starting with a letter',
  }),
  title: z.string().trim().min(1).max(100),
  description: z.string().max(1_000).optional(),
  /** In display order; keys 1 to 5 select the first five. */
  levels: z
    .array(RubricLevel)
    .min(2)
    .max(10)
    .refine((levels) => new Set(levels.map(({ value }) => value)).size === levels.length, {
      error: 'Two levels have the same value',
    }),
})).meta({ id: 'RubricCriterion' });
export type RubricCriterion = z.infer<typeof RubricCriterion>;

/** The criteria and fields that people fill in for each answer. */
export const Rubric = lazyStrictObject(() => ({
  instructions: z.string().max(5_000).default(''),
  criteria: z
    .array(RubricCriterion)
    .max(10)
    .default([])
    .refine((criteria) => new Set(criteria.map(({ name }) => name)).size === criteria.length, {
      error: 'Two criteria have the same name',
    }),
  hasText: z.boolean().default(false),
  hasCorrection: z.boolean().default(false),
})).meta({ id: 'Rubric' });
export type Rubric = z.infer<typeof Rubric>;

/** Body of `POST /api/annotation-queues`. */
export const CreateQueueRequest = lazyStrictObject(() => ({
  name: z.string().trim().min(1).max(200),
  /** `rate`: judge one answer at a time. `compare`: choose the better of two answers. */
  kind: z.enum(['rate', 'compare']).default('rate'),
  rubric: Rubric,
  /** Who annotates, as `Principal.id`. If empty, every member who may rate runs. */
  assignees: z.array(z.string().min(1).max(300)).max(100).default([]),
  /** The share of items, 0 to 1, that two people annotate to measure their agreement. */
  double: z.number().min(0).max(1).default(0),
  /** The highest level of runs in this queue; runs above it are left out. */
  clearance: LabelLevel.default('internal'),
}))
  .refine(
    ({ kind, rubric }) => kind === 'compare' || rubric.criteria.length > 0 || rubric.hasText || rubric.hasCorrection,
    {
      error: 'A rubric needs criteria, a field for text or a field for the correction',
      path: ['rubric'],
    },
  )
  .meta({ id: 'CreateQueueRequest' });
export type CreateQueueRequest = z.infer<typeof CreateQueueRequest>;

/** A queue with its progress. */
export const AnnotationQueue = lazyObject(() => ({
  ...CreateQueueRequest.shape,
  id: z.string(),
  createdAt: z.number(),
  items: z.int().nonnegative(),
  /** Items that have all the annotations they need. */
  done: z.int().nonnegative(),
  /** Items that the caller can annotate. */
  open: z.int().nonnegative(),
})).meta({ id: 'AnnotationQueue' });
export type AnnotationQueue = z.infer<typeof AnnotationQueue>;

/** Body of `PATCH /api/annotation-queues/:id`. The rubric cannot change, because that would change the meaning of earlier annotations. */
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

/** Body of `POST /api/annotation-queues/:id/items`: runs, pairs of runs, or a random sample of the newest runs that match a filter. */
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
      /** Only runs accepted from this time on (epoch milliseconds). */
      since: z.number().nonnegative().optional(),
      feedback: FeedbackFilter.optional(),
      search: z.string().max(200).optional(),
      limit: z.int().min(1).max(1_000).default(100),
    })
    .optional(),
  /** Selects the runs of an experiment on which its judges disagree most, the largest difference first. */
  disagreement: z
    .strictObject({
      /** Id of an experiment of the project. */
      experiment: z.string().min(1).max(200),
      /** Metrics to compare, each from 0 to 1. Default: the LLM judges and the models of their panels. */
      metrics: z.array(z.string().min(1).max(100)).min(2).max(30).optional(),
      /** Minimum difference between two judges. */
      least: z.number().gt(0).max(1).default(0.25),
      limit: z.int().min(1).max(1_000).default(50),
    })
    .optional(),
  sample: z.int().min(1).max(1_000).optional(),
}))
  .refine(
    ({ runs, pairs, filter, disagreement }) =>
      [runs, pairs, filter, disagreement].filter((given) => given !== undefined).length === 1,
    { error: 'Give exactly one of runs, pairs, filter and disagreement' },
  )
  .meta({ id: 'AddItemsRequest' });
export type AddItemsRequest = z.infer<typeof AddItemsRequest>;

/** How many runs were added, and why others were not. */
export const AddItemsReply = lazyObject(() => ({
  added: z.int().nonnegative(),
  known: z.int().nonnegative(),
  above: z.int().nonnegative(),
  /** Not ended, without values, of another project, or not readable by the caller. */
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

/** A person's annotation of an item. */
export const AnnotationRequest = lazyStrictObject(() => ({
  /** The chosen level's value for each criterion, by name. */
  scores: z.record(z.string(), z.number()).default({}),
  text: z.string().max(10_000).optional(),
  correction: z
    .unknown()
    .refine((value) => (JSON.stringify(value) ?? '').length <= mostCorrection, {
      error: `At most ${mostCorrection} characters as JSON`,
    })
    .optional(),
  /** In a `compare` queue: the id of the better run, or `tie`. */
  preferred: z.string().min(1).max(200).optional(),
  /** The person skips the item and leaves it to others. */
  isSkipped: z.boolean().default(false),
})).meta({ id: 'AnnotationRequest' });
export type AnnotationRequest = z.infer<typeof AnnotationRequest>;

/** The item that a person is working on. No one else gets it before `until`, unless it needs two people. */
export const AnnotationTask = lazyObject(() => ({
  item: z.int().positive(),
  /** One run, or two to compare, in display order. */
  runs: z.array(AnnotatedRun),
  until: z.number(),
})).meta({ id: 'AnnotationTask' });
export type AnnotationTask = z.infer<typeof AnnotationTask>;

/** Reply of `POST /api/annotation-queues/:id/next`. Without a task, nothing is left for the caller. */
export const NextTaskReply = lazyObject(() => ({ queue: AnnotationQueue, task: AnnotationTask.optional() })).meta({
  id: 'NextTaskReply',
});
export type NextTaskReply = z.infer<typeof NextTaskReply>;

/** A stored annotation of an item. */
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

/** How well two people agree on one criterion. */
export const Agreement = lazyObject(() => ({
  /** Name of the criterion; `preferred` in a `compare` queue. */
  criterion: z.string(),
  items: z.int().nonnegative(),
  /** The share of items with the same value from both people; missing without items. */
  same: z.number().optional(),
  /** Cohen's kappa: 1 is full agreement, 0 is agreement by chance; missing if chance alone explains the agreement. */
  kappa: z.number().optional(),
  /** 95 % confidence interval of kappa. */
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
 * Body of `POST /api/annotation-queues/:id/calibration`: compares the annotations of a queue with the scores that LLM judges of an
 * experiment or a monitor gave the same runs.
 */
export const CalibrateQueueRequest = lazyStrictObject(() => ({
  experiment: z.string().min(1).max(200).optional(),
  monitor: z.string().min(1).max(200).optional(),
  /** The criterion that the judges judge too. Default: the only criterion of the rubric. */
  criterion: z.string().min(1).max(60).optional(),
  /** Names of the judges. Default: all. */
  judges: z.array(z.string().min(1).max(100)).min(1).max(30).optional(),
}))
  .refine(({ experiment, monitor }) => (experiment === undefined) !== (monitor === undefined), {
    error: 'Give one of experiment and monitor',
  })
  .meta({ id: 'CalibrateQueueRequest' });
export type CalibrateQueueRequest = z.infer<typeof CalibrateQueueRequest>;

/** The judges, each with its current agreement with people. */
export const CalibrateQueueReply = z
  .object({
    judges: z.array(
      lazyObject(() => ({
        name: z.string(),
        /** Answers that both the judge and a person judged, counted once for each person. */
        pairs: z.int().nonnegative(),
        calibration: Calibration,
      })),
    ),
  })
  .meta({ id: 'CalibrateQueueReply' });
export type CalibrateQueueReply = z.infer<typeof CalibrateQueueReply>;

/** A person's value, for the calibration of a judge. */
export interface PersonValue {
  readonly run: string;
  readonly criterion: string;
  readonly value: number;
  readonly person: string;
}
