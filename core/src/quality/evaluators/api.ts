import { z } from 'zod';
import { LabelLevel } from '../../labels/label.js';
import { ReferencePassage } from '../datasets/dataset.js';
import { Calibration } from './calibration.js';
import { Evaluation, EvaluatorSetup, MetricInfo } from './evaluator.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** A kind of evaluator, for lists and forms. */
export const EvaluatorKind = lazyObject(() => ({
  kind: z.string(),
  title: z.string(),
  about: z.string(),
  /** Where the definition comes from, for example a paper. */
  source: z.string().optional(),
  needs: z.array(z.enum(['answer', 'expected', 'references', 'passages', 'run'])),
  /** JSON schema of the config; fields with a default are optional. */
  config: z.record(z.string(), z.unknown()),
  /** The config of a new evaluator with every default; fields without a default are empty. */
  defaults: z.record(z.string(), z.unknown()),
  metrics: z.array(MetricInfo),
  usesModel: z.boolean(),
})).meta({ id: 'EvaluatorKind' });
export type EvaluatorKind = z.infer<typeof EvaluatorKind>;

/** A set of evaluators for one purpose. */
export const EvaluatorPreset = lazyObject(() => ({
  id: z.string(),
  title: z.string(),
  about: z.string(),
  evaluators: z.array(EvaluatorSetup),
})).meta({ id: 'EvaluatorPreset' });
export type EvaluatorPreset = z.infer<typeof EvaluatorPreset>;

/** Reply of `GET /api/evaluators`. */
export const EvaluatorsReply = lazyObject(() => ({
  kinds: z.array(EvaluatorKind),
  presets: z.array(EvaluatorPreset),
})).meta({ id: 'EvaluatorsReply' });
export type EvaluatorsReply = z.infer<typeof EvaluatorsReply>;

/** A typed answer to try evaluators on. */
export const TypedSubject = lazyStrictObject(() => ({
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()),
  passages: z
    .array(z.strictObject({ document: z.string().min(1).max(1_000), text: z.string().max(200_000) }))
    .max(1_000)
    .default([]),
  toolCalls: z
    .array(z.strictObject({ name: z.string().min(1).max(200), arguments: z.unknown().optional() }))
    .max(500)
    .default([]),
  label: LabelLevel.default('internal'),
})).meta({ id: 'TypedSubject' });
export type TypedSubject = z.infer<typeof TypedSubject>;

/** Request of `POST /api/evaluators/try`: a typed subject, or a run that has ended. */
export const TryEvaluatorsRequest = lazyStrictObject(() => ({
  evaluators: z.array(EvaluatorSetup).min(1).max(50),
  subject: TypedSubject.optional(),
  runId: z.string().min(1).max(200).optional(),
  expected: z.unknown().optional(),
  references: z.array(ReferencePassage).max(10_000).optional(),
  /** Maximum cost of the evaluation, in USD. */
  budget: z.number().nonnegative().optional(),
}))
  .refine(({ subject, runId }) => (subject === undefined) !== (runId === undefined), {
    path: ['subject'],
    error: 'Give a subject or a runId',
  })
  .meta({ id: 'TryEvaluatorsRequest' });
export type TryEvaluatorsRequest = z.infer<typeof TryEvaluatorsRequest>;

/** Reply of `POST /api/evaluators/try`. */
export const TryEvaluatorsReply = lazyObject(() => ({
  metrics: z.array(MetricInfo),
  evaluations: z.array(Evaluation),
  /** The judges' agreement with people, by the name of their metric. */
  calibrations: z.record(z.string(), Calibration),
})).meta({ id: 'TryEvaluatorsReply' });
export type TryEvaluatorsReply = z.infer<typeof TryEvaluatorsReply>;
