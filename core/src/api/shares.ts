import { z } from 'zod';
import { GivenMoney, GivenTime, GivenTokens } from './bounds.js';
import { LabelLevel } from '../labels/label.js';
import { RunStatus } from '../events/events.js';
import { Citation } from '../values/values.js';
import { withReadOnly } from './read-only.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

/** An origin as browsers write it: scheme, host and port. */
const WebOrigin = z
  .string()
  .max(300)
  .refine((text) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text, {
    error: 'Write an origin such as https://www.example.org, without a path',
  });

/** The kind of a share page. */
export const ShareKind = z.enum(['form', 'chat']).meta({ id: 'ShareKind' });
export type ShareKind = z.infer<typeof ShareKind>;

/** The budget of all runs of a share. */
export const ShareBudget = lazyStrictObject(() => ({
  /** In US dollars. */
  money: z.number().positive().optional(),
  tokens: z.int().positive().optional(),
  period: z.enum(['day', 'month', 'ever']).default('month'),
}))
  .refine(({ money, tokens }) => money !== undefined || tokens !== undefined, { error: 'Limit money or tokens' })
  .meta({ id: 'ShareBudget' });
export type ShareBudget = z.infer<typeof ShareBudget>;

const fields = lazyStrictObject(() => ({
  /** A name for those who manage the share link. */
  name: z.string().trim().min(1).max(100),
  /** Default: a workflow with a text or messages as input and a text as output is a chat, any other a form. */
  kind: ShareKind.optional(),
  /** The title of the page; without it, the name of the workflow. */
  title: z.string().trim().min(1).max(120).optional(),
  greeting: z.string().trim().max(2_000).optional(),
  examples: z.array(z.string().trim().min(1).max(300)).max(8).default([]),
  theme: z.enum(['auto', 'light', 'dark']).default('auto'),
  accent: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, { error: 'Write a colour such as #3b5bdb' })
    .optional(),
  /** The version of every run; without it, the live version. */
  version: z.int().positive().optional(),
  /** `members`: only signed-in users who may see the workflow. */
  audience: z.enum(['anyone', 'members']).default('anyone'),
  /** Origins of the pages that may embed it in a frame; empty means that it cannot be embedded. */
  origins: z.array(WebOrigin).max(50).default([]),
  /** Runs per minute, over all users. */
  ratePerMinute: z.int().min(1).max(1_000_000).default(60),
  /** Runs per day (UTC), over all users. */
  runsPerDay: z.int().min(1).max(10_000_000).default(1_000),
  /** Bytes of uploaded files per day (UTC), over all users; 0 allows no files. */
  uploadBytesPerDay: z.int().min(0).max(1e15).default(1_000_000_000),
  /** Bytes per day for one user: a signed-in user, otherwise everyone from the same network. */
  uploadBytesPerUser: z.int().min(0).max(1e15).default(250_000_000),
  budget: ShareBudget.optional(),
  /** The clearance of the page: outputs with a higher label are not shown, even if the version allows them. */
  clearance: LabelLevel.default('internal'),
  /** Milliseconds since the epoch. */
  expiresAt: z.number().positive().optional(),
  isPaused: z.boolean().default(false),
}));

/** A share link: anyone with the link uses a published workflow without a key. */
export const ShareConfig = fields
  .extend({
    budget: ShareBudget.safeExtend({ money: GivenMoney.optional(), tokens: GivenTokens.optional() }).optional(),
    expiresAt: GivenTime.optional(),
  })
  .refine(({ audience, origins }) => audience === 'anyone' || origins.length === 0, {
    error: 'A link for signed-in users cannot be embedded, because other sites do not send the session',
    path: ['origins'],
  })
  .meta({ id: 'ShareConfig' });
export type ShareConfig = z.infer<typeof ShareConfig>;

/** A share link of `GET /api/workflows/:id/shares`. */
export const ShareReply = fields
  .extend({
    id: z.string(),
    workflowId: z.string(),
    owner: z.string(),
    createdAt: z.number(),
    kind: ShareKind,
    runsToday: z.int().nonnegative(),
    /** Bytes of files that were uploaded today (UTC). */
    uploadedToday: z.number().nonnegative(),
    lastRunAt: z.number().optional(),
  })
  .meta({ id: 'ShareReply' });
export type ShareReply = z.infer<typeof ShareReply>;
/** Body of `PUT /api/workflows/:id/shares/:share`. */
export const ChangeShareRequest = withReadOnly(ShareConfig, ShareReply).meta({ id: 'ChangeShareRequest' });
/** Reply of `GET /api/workflows/:id/shares`. */
export const SharesReply = z.object({ shares: z.array(ShareReply) }).meta({ id: 'SharesReply' });

/** A new or renewed link. Only this reply contains the token. */
export const CreatedShareReply = ShareReply.extend({ token: z.string(), path: z.string() }).meta({
  id: 'CreatedShareReply',
});
export type CreatedShareReply = z.infer<typeof CreatedShareReply>;

/** An input of a share page, for its form. */
export const SharedInput = lazyObject(() => ({
  name: z.string(),
  type: z.string(),
  title: z.string().optional(),
  help: z.string().optional(),
  isRequired: z.boolean(),
  default: z.unknown().optional(),
  /** JSON schema of the value. */
  schema: z.record(z.string(), z.unknown()),
})).meta({ id: 'SharedInput' });
export type SharedInput = z.infer<typeof SharedInput>;

/** Which input and output a chat page uses. */
export const SharedChat = lazyObject(() => ({
  input: z.string(),
  /** `messages`: the input gets the whole conversation. `text`: it gets only the last text. */
  takes: z.enum(['messages', 'text']),
  output: z.string(),
  /** Whether the workflow remembers the conversation. */
  hasMemory: z.boolean(),
  files: z.object({ input: z.string(), isMany: z.boolean(), isImage: z.boolean() }).optional(),
})).meta({ id: 'SharedChat' });
export type SharedChat = z.infer<typeof SharedChat>;

/** Reply of `GET /v1/share/:token`: the data of a share page. */
export const SharedPage = lazyObject(() => ({
  kind: ShareKind,
  title: z.string(),
  greeting: z.string().optional(),
  examples: z.array(z.string()),
  inputs: z.array(SharedInput),
  outputs: z.array(z.object({ name: z.string(), type: z.string(), title: z.string().optional() })),
  chat: SharedChat.optional(),
  /** Maximum bytes of one file. */
  maxFileBytes: z.int().positive(),
})).meta({ id: 'SharedPage' });
export type SharedPage = z.infer<typeof SharedPage>;

/** A run for an anonymous user: its outputs without its nodes. */
export const SharedRun = lazyObject(() => ({
  runId: z.string(),
  status: RunStatus,
  outputs: z.record(z.string(), z.unknown()),
  citations: z.array(Citation).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})).meta({ id: 'SharedRun' });
export type SharedRun = z.infer<typeof SharedRun>;

/** An event of a shared run. A text replaces everything from its offset on. */
export const SharedEvent = z
  .discriminatedUnion('type', [
    /** `thread` is the conversation that the run continues, if any. */
    lazyObject(() => ({ type: z.literal('run'), runId: z.string(), thread: z.string().optional() })),
    lazyObject(() => ({
      type: z.literal('delta'),
      output: z.string(),
      offset: z.int().nonnegative(),
      text: z.string(),
    })),
    lazyObject(() => ({ type: z.literal('result'), run: SharedRun })),
  ])
  .meta({ id: 'SharedEvent' });
export type SharedEvent = z.infer<typeof SharedEvent>;
