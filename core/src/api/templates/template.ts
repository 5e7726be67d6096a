import { z } from 'zod';
import { WorkflowSketch } from '../../document/sketch-document.js';
import { LabelLevel } from '../../labels/label.js';
import { WorkflowReply } from '../api.js';
import { WorkflowTest } from '../workflow-test.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** The purpose of a template: the groups of the gallery, in their order. */
export const TemplateCategory = z
  .enum(['answers', 'writing', 'extraction', 'agents', 'automation', 'safety', 'comparison'])
  .meta({ id: 'TemplateCategory' });
export type TemplateCategory = z.infer<typeof TemplateCategory>;

/** A named example for a try-out: the inputs of one run, with files as data URLs. Each input fits the template's input fields. */
export const TemplateExample = lazyStrictObject(() => ({
  name: z.string().min(1).max(80),
  inputs: z.record(z.string(), z.unknown()),
})).meta({ id: 'TemplateExample' });
export type TemplateExample = z.infer<typeof TemplateExample>;

/**
 * The kinds of things that a template can need. Only `webhook` and `schedule` do not follow from its workflow: they are added after
 * publishing.
 */
export const TemplateNeedKind = z
  .enum([
    /** A model of this machine; the target is its id in the catalogue. */
    'model',
    /** A connection to a provider; the target is its id. */
    'connection',
    'collection',
    /** A tool server (MCP). */
    'tool',
    'secret',
    /** A folder of `HEDDLE_FILES`. */
    'folder',
    'policy',
    /** A stored workflow; the target is its slug. */
    'workflow',
    /** Outside addresses; the target is a host name, or `*` if it is known only during a run. */
    'network',
    /** A person who answers in the inbox; the target is a user, or `*` for everyone who may answer. */
    'person',
    /** A node type that does not belong to Heddle. */
    'node',
    'webhook',
    'schedule',
  ])
  .meta({ id: 'TemplateNeedKind' });
export type TemplateNeedKind = z.infer<typeof TemplateNeedKind>;

/** One thing that a template needs, whether or not it is available. */
export const TemplateNeed = lazyStrictObject(() => ({
  kind: TemplateNeedKind,
  target: z.string().min(1).max(300),
})).meta({ id: 'TemplateNeed' });
export type TemplateNeed = z.infer<typeof TemplateNeed>;

/** A step that makes a missing need available, for a button or a link. */
export const TemplateRemedy = z
  .discriminatedUnion('do', [
    lazyObject(() => ({ do: z.literal('download-model'), model: z.string(), bytes: z.int().nonnegative() })),
    /** The model is unknown to this project: choose another one in the workflow, or add it. */
    lazyObject(() => ({ do: z.literal('choose-model'), model: z.string() })),
    lazyObject(() => ({ do: z.literal('add-connection'), connection: z.string() })),
    lazyObject(() => ({ do: z.literal('add-key'), connection: z.string() })),
    lazyObject(() => ({ do: z.literal('enable-connection'), connection: z.string() })),
    /** The clearance is lower than the label of the data that the workflow sends. */
    lazyObject(() => ({ do: z.literal('raise-clearance'), connection: z.string(), from: LabelLevel, to: LabelLevel })),
    lazyObject(() => ({ do: z.literal('add-documents'), collection: z.string() })),
    lazyObject(() => ({ do: z.literal('add-tool-server'), server: z.string() })),
    lazyObject(() => ({ do: z.literal('approve-tools'), server: z.string() })),
    lazyObject(() => ({ do: z.literal('add-secret'), secret: z.string() })),
    /** A setting of the server, such as `HEDDLE_FILES`. */
    lazyObject(() => ({ do: z.literal('change-setting'), setting: z.string() })),
    lazyObject(() => ({ do: z.literal('add-policy'), policy: z.string() })),
    lazyObject(() => ({ do: z.literal('add-workflow'), workflow: z.string() })),
  ])
  .meta({ id: 'TemplateRemedy' });
export type TemplateRemedy = z.infer<typeof TemplateRemedy>;

/**
 * A need of a template that the caller's project lacks. The reply does not reveal whether it does not exist or is only not granted to the
 * project.
 */
export const TemplateGap = lazyObject(() => ({
  kind: TemplateNeedKind,
  target: z.string(),
  /** One sentence for people. */
  message: z.string(),
  /** Whether a run cannot end without it. Otherwise the template runs, with reduced use. */
  isBlocking: z.boolean(),
  remedy: TemplateRemedy,
})).meta({ id: 'TemplateGap' });
export type TemplateGap = z.infer<typeof TemplateGap>;

/** `template.json`, beside the `workflow.json` of a template. */
export const TemplateCard = lazyStrictObject(() => ({
  $schema: z.string().optional(),
  category: TemplateCategory,
  /** A summary in one line. */
  summary: z
    .string()
    .min(1)
    .max(140)
    .regex(/^[^\n]*$/),
  /** The problem that it solves, in one to three sentences. */
  problem: z.string().min(1).max(600),
  needs: z.array(TemplateNeed).max(50),
  /** `files` has the files of file inputs, as paths within the folder of the template. */
  examples: z
    .array(
      TemplateExample.extend({
        inputs: TemplateExample.shape.inputs.default({}),
        files: z.record(z.string(), z.string()).default({}),
      }),
    )
    .min(1)
    .max(10),
}));
export type TemplateCard = z.infer<typeof TemplateCard>;

/** A workflow template: `GET /api/templates`. */
export const TemplateSummary = lazyObject(() => ({
  id: z.string(),
  name: z.string(),
  summary: z.string(),
  /** Missing for a folder without `template.json`. */
  category: TemplateCategory.optional(),
  /** The problem that it solves; empty for a folder without `template.json`. */
  problem: z.string().default(''),
  /** Everything that it needs. */
  needs: z.array(TemplateNeed).default([]),
  /** The needs that the caller's project lacks. */
  missing: z.array(TemplateGap).default([]),
  /** The needs that the caller may not see; the reply does not reveal whether they are available. */
  unknown: z.array(TemplateNeed).default([]),
  /** Whether no known gap prevents a run. */
  isRunnable: z.boolean().default(true),
  examples: z.array(TemplateExample).default([]),
  /** The tests of `tests.jsonl`; a copy gets them. */
  tests: z.array(WorkflowTest).default([]),
  nodes: z.int().nonnegative(),
  /** The collections that it uses, and whether they exist. */
  collections: z.array(z.object({ name: z.string(), isHere: z.boolean(), samples: z.int().nonnegative() })),
  models: z.array(z.object({ id: z.string(), isHere: z.boolean() })),
  /** Node types that this Heddle does not have. */
  missingNodes: z.array(z.string()),
  /** The README of the template, as Markdown. */
  readme: z.string().default(''),
  sketch: WorkflowSketch.optional(),
})).meta({ id: 'TemplateSummary' });
export type TemplateSummary = z.infer<typeof TemplateSummary>;

/** Reply of `POST /api/templates/:id`: the copy, and the jobs that import its sample documents. */
export const TemplateReply = lazyObject(() => ({ workflow: WorkflowReply, jobs: z.array(z.string()) })).meta({
  id: 'TemplateReply',
});
export type TemplateReply = z.infer<typeof TemplateReply>;
