import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

/** The assertions about one output. */
export const OutputAssertion = lazyStrictObject(() => ({
  equals: z.unknown().optional(),
  contains: z.union([z.string(), z.array(z.string())]).optional(),
  /** A regular expression. */
  matches: z.string().max(1000).optional(),
  /** A JSON schema. */
  schema: z.record(z.string(), z.unknown()).optional(),
  /** The highest allowed label. */
  label: LabelLevel.optional(),
})).refine((value) => Object.keys(value).length > 0, { error: 'An assertion needs at least one check' });
export type OutputAssertion = z.infer<typeof OutputAssertion>;

/** One line of `tests.jsonl`. */
export const WorkflowTest = lazyStrictObject(() => ({
  name: z.string().min(1).max(200),
  inputs: z.record(z.string(), z.unknown()).default({}),
  /** Recorded outputs of nodes with effects: node to port to value. A test has no effects. */
  fixtures: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  expect: z.strictObject({
    outputs: z.record(z.string(), OutputAssertion).default({}),
    /** Minimum number of citations, and documents that must be cited. */
    citations: z
      .strictObject({ min: z.int().nonnegative().optional(), documents: z.array(z.string()).optional() })
      .optional(),
    /** Maximum cost of the run. */
    cost: z.number().nonnegative().optional(),
    /** The code of the error that the run must end with. */
    error: z.string().optional(),
  }),
}));
export type WorkflowTest = z.infer<typeof WorkflowTest>;

/** Reply of `GET /api/runs/:id/fixtures`: what a test without effects needs of a run. */
export const RunFixturesReply = lazyObject(() => ({
  /** Outputs of nodes with effects: node to port to value. */
  fixtures: z.record(z.string(), z.record(z.string(), z.unknown())),
  /** The strictest label of these outputs. */
  label: LabelLevel,
})).meta({ id: 'RunFixturesReply' });
export type RunFixturesReply = z.infer<typeof RunFixturesReply>;
