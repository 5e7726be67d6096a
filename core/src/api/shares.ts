import { z } from 'zod';
import { GivenMoney, GivenTime, GivenTokens } from './bounds.js';
import { LabelLevel } from '../labels/label.js';
import { RunStatus } from '../events/events.js';
import { Citation } from '../values/values.js';
import { withReadOnly } from './read-only.js';

/** An origin as browsers write it: scheme, host and port, nothing behind. */
const WebOrigin = z
  .string()
  .max(300)
  .refine((text) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text, {
    error: 'An origin is written as https://www.example.org, without a path',
  });

export const ShareKind = z.enum(['form', 'chat']).meta({ id: 'ShareKind' });
export type ShareKind = z.infer<typeof ShareKind>;

/** What the runs of one share may spend together. */
export const ShareBudget = z
  .strictObject({
    /** In US dollars. */
    money: z.number().positive().optional(),
    tokens: z.int().positive().optional(),
    period: z.enum(['day', 'month', 'ever']).default('month'),
  })
  .refine(({ money, tokens }) => money !== undefined || tokens !== undefined, { error: 'Limit money or tokens' })
  .meta({ id: 'ShareBudget' });
export type ShareBudget = z.infer<typeof ShareBudget>;

const fields = z.strictObject({
  /** For those who manage it. */
  name: z.string().trim().min(1).max(100),
  /** Left out, it follows from the inputs: a workflow that takes a text or messages and answers with a text is a chat. */
  kind: ShareKind.optional(),
  /** What visitors read; left out, the name of the workflow. */
  title: z.string().trim().min(1).max(120).optional(),
  greeting: z.string().trim().max(2_000).optional(),
  examples: z.array(z.string().trim().min(1).max(300)).max(8).default([]),
  theme: z.enum(['auto', 'light', 'dark']).default('auto'),
  accent: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, { error: 'A colour is written as #3b5bdb' })
    .optional(),
  /** A version that every run keeps; left out, the one that is live. */
  version: z.int().positive().optional(),
  /** `members`: only who is signed in and may see the workflow. */
  audience: z.enum(['anyone', 'members']).default('anyone'),
  /** Pages of these origins may show it in a frame; none: it cannot be embedded. */
  origins: z.array(WebOrigin).max(50).default([]),
  /** Runs a minute, of all visitors together. */
  ratePerMinute: z.int().min(1).max(1_000_000).default(60),
  /** From midnight to midnight, UTC. */
  runsPerDay: z.int().min(1).max(10_000_000).default(1_000),
  /** Bytes of the files that all visitors send on such a day; 0 takes none. */
  uploadBytesPerDay: z.int().min(0).max(1e15).default(1_000_000_000),
  /** Of those, what one visitor may send: who signed in, or else whoever comes from one network. */
  uploadBytesPerVisitor: z.int().min(0).max(1e15).default(250_000_000),
  budget: ShareBudget.optional(),
  /** Outputs above it are not shown, whatever the version would allow. */
  ceiling: LabelLevel.default('internal'),
  /** Epoch milliseconds. */
  expiresAt: z.number().positive().optional(),
  isPaused: z.boolean().default(false),
});

/** A link under which others use a published workflow without a key. */
export const ShareConfig = fields
  .extend({
    budget: ShareBudget.safeExtend({ money: GivenMoney.optional(), tokens: GivenTokens.optional() }).optional(),
    expiresAt: GivenTime.optional(),
  })
  .refine(({ audience, origins }) => audience === 'anyone' || origins.length === 0, {
    error: 'A link for people who are signed in cannot be embedded: pages of others do not send their session',
    path: ['origins'],
  })
  .meta({ id: 'ShareConfig' });
export type ShareConfig = z.infer<typeof ShareConfig>;

/** One of `GET /api/workflows/:id/shares`. */
export const ShareReply = fields
  .extend({
    id: z.string(),
    workflowId: z.string(),
    owner: z.string(),
    createdAt: z.number(),
    kind: ShareKind,
    runsToday: z.int().nonnegative(),
    /** Bytes of the files that visitors sent since midnight, UTC. */
    uploadedToday: z.number().nonnegative(),
    lastRunAt: z.number().optional(),
  })
  .meta({ id: 'ShareReply' });
export type ShareReply = z.infer<typeof ShareReply>;
/** `PUT /api/workflows/:id/shares/:share`. */
export const ChangeShareRequest = withReadOnly(ShareConfig, ShareReply).meta({ id: 'ChangeShareRequest' });
export const SharesReply = z.object({ shares: z.array(ShareReply) }).meta({ id: 'SharesReply' });

/** The token is told when a link is made or renewed, and never again. */
export const CreatedShareReply = ShareReply.extend({ token: z.string(), path: z.string() }).meta({
  id: 'CreatedShareReply',
});
export type CreatedShareReply = z.infer<typeof CreatedShareReply>;

/** One input of a share page, as its form asks for it. */
export const SharedInput = z
  .object({
    name: z.string(),
    type: z.string(),
    title: z.string().optional(),
    help: z.string().optional(),
    isRequired: z.boolean(),
    default: z.unknown().optional(),
    /** JSON schema of a value. */
    schema: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'SharedInput' });
export type SharedInput = z.infer<typeof SharedInput>;

/** Which input a chat fills, and which output it shows. */
export const SharedChat = z
  .object({
    input: z.string(),
    /** `messages`: the conversation goes along; otherwise the last text alone. */
    takes: z.enum(['messages', 'text']),
    output: z.string(),
    /** The workflow remembers what was said before. */
    hasMemory: z.boolean(),
    files: z.object({ input: z.string(), isMany: z.boolean(), isImage: z.boolean() }).optional(),
  })
  .meta({ id: 'SharedChat' });
export type SharedChat = z.infer<typeof SharedChat>;

/** What a share page is made from: `GET /v1/share/:token`. */
export const SharedPage = z
  .object({
    kind: ShareKind,
    title: z.string(),
    greeting: z.string().optional(),
    examples: z.array(z.string()),
    inputs: z.array(SharedInput),
    outputs: z.array(z.object({ name: z.string(), type: z.string(), title: z.string().optional() })),
    chat: SharedChat.optional(),
    /** Bytes of one file at most. */
    maxFileBytes: z.int().positive(),
  })
  .meta({ id: 'SharedPage' });
export type SharedPage = z.infer<typeof SharedPage>;

/** A run as a visitor sees it: what it gave, and nothing of how. */
export const SharedRun = z
  .object({
    runId: z.string(),
    status: RunStatus,
    outputs: z.record(z.string(), z.unknown()),
    citations: z.array(Citation).optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'SharedRun' });
export type SharedRun = z.infer<typeof SharedRun>;

/** What a stream of a shared run carries. Text at an offset replaces what stood there. */
export const SharedEvent = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('run'), runId: z.string() }),
    z.object({ type: z.literal('delta'), output: z.string(), offset: z.int().nonnegative(), text: z.string() }),
    z.object({ type: z.literal('result'), run: SharedRun }),
  ])
  .meta({ id: 'SharedEvent' });
export type SharedEvent = z.infer<typeof SharedEvent>;

/** A visitor's thumb. */
export const SharedFeedback = z
  .strictObject({ thumb: z.enum(['up', 'down']), comment: z.string().max(2_000).optional() })
  .meta({ id: 'SharedFeedback' });
export type SharedFeedback = z.infer<typeof SharedFeedback>;
