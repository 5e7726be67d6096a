import { z } from 'zod';
import { ToolEffect } from '../ports/effects.js';
import { RegisteredTool, ToolServer, ToolStanding } from '../ports/tool-servers.js';
import { withReadOnly } from './read-only.js';
import { lazyObject } from '../values/lazy-object.js';

/** Reply of `GET /api/tools/servers`: a server as everybody may see it. Only people who may register servers see its full address. */
export const ToolServerSummary = ToolServer.omit({ transport: true, limits: true })
  .extend({
    kind: z.enum(['stdio', 'http']),
    /** The name of the command or the host of the address. */
    place: z.string(),
    activity: lazyObject(() => ({
      state: z.enum(['idle', 'connected', 'waiting']),
      inFlight: z.int().nonnegative(),
      /** When a failing server is tried again (milliseconds since the epoch). */
      retryAt: z.number().optional(),
      /** The last problem. */
      problem: z.string().optional(),
    })),
    /** For servers with a sign-in: whether someone has to sign in, or when the current token expires. */
    signIn: lazyObject(() => ({ isNeeded: z.boolean(), expiresAt: z.number().optional() })).optional(),
    /** Number of its tools by status. */
    tools: z.partialRecord(ToolStanding, z.int()),
  })
  .meta({ id: 'ToolServerSummary' });
export type ToolServerSummary = z.infer<typeof ToolServerSummary>;

/** Body of `PUT /api/tools/servers/:id`. */
export const ReplaceToolServerRequest = withReadOnly(ToolServer, ToolServerSummary).meta({
  id: 'ReplaceToolServerRequest',
});

/** Reply of `GET /api/tools/servers`. */
export const ToolServersReply = z.object({ servers: z.array(ToolServerSummary) }).meta({ id: 'ToolServersReply' });
export type ToolServersReply = z.infer<typeof ToolServersReply>;

/** One difference between the approved and the current definition. A missing side means that the definition had no such field. */
export const ToolChange = lazyObject(() => ({
  path: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
})).meta({ id: 'ToolChange' });
export type ToolChange = z.infer<typeof ToolChange>;

/** A tool, and what changed since its approval. */
export const ToolReply = RegisteredTool.extend({ changes: z.array(ToolChange) }).meta({ id: 'ToolReply' });
export type ToolReply = z.infer<typeof ToolReply>;

/** Reply of `GET /api/tools/servers/:id/tools`. */
export const ToolsReply = z.object({ tools: z.array(ToolReply) }).meta({ id: 'ToolsReply' });
export type ToolsReply = z.infer<typeof ToolsReply>;

/** Body of `POST /api/tools/servers/:id/tools/:tool/approve`: approves exactly the definition with this hash. */
export const ApproveToolRequest = lazyObject(() => ({
  hash: z.string().max(100),
  effects: z.array(ToolEffect).min(1).max(5).optional(),
})).meta({ id: 'ApproveToolRequest' });
export type ApproveToolRequest = z.infer<typeof ApproveToolRequest>;

/** Body of `PUT /api/tools/servers/:id/tools/:tool/effects`. */
export const SetToolEffectsRequest = withReadOnly(
  z.object({ effects: z.array(ToolEffect).min(1).max(5) }),
  ToolReply,
).meta({ id: 'SetToolEffectsRequest' });
export type SetToolEffectsRequest = z.infer<typeof SetToolEffectsRequest>;

/** Reply of `POST /api/tools/servers/:id/test`: the result of a new connection. */
export const ToolServerTest = lazyObject(() => ({
  isReachable: z.boolean(),
  /** Milliseconds. */
  ms: z.number().nonnegative(),
  /** The name and version of the server. */
  name: z.string().optional(),
  /** Names of its tools. */
  tools: z.array(z.string()),
  code: z.string().optional(),
  message: z.string().optional(),
  /** The last lines that a command wrote to its standard error, without secrets. */
  errorOutput: z.string().optional(),
})).meta({ id: 'ToolServerTest' });
export type ToolServerTest = z.infer<typeof ToolServerTest>;

/** Body of `POST /api/tools/servers/:id/sign-in`. The reply has the page on which a person agrees. */
export const BeginToolSignIn = z
  .object({
    /** Where the browser returns to instead of the Tools page: a port on the machine of the caller, as the CLI opens one. */
    redirectUrl: z
      .string()
      .regex(/^http:\/\/127\.0\.0\.1:\d{1,5}\/$/)
      .optional(),
  })
  .meta({ id: 'BeginToolSignIn' });
export type BeginToolSignIn = z.infer<typeof BeginToolSignIn>;

/** Reply of `POST /api/tools/servers/:id/sign-in`. */
export const ToolSignInReply = z.object({ url: z.url() }).meta({ id: 'ToolSignInReply' });
export type ToolSignInReply = z.infer<typeof ToolSignInReply>;

/** Body of `POST /api/tools/sign-in`: the parameters with which the browser returned to the Tools page. */
export const FinishToolSignIn = lazyObject(() => ({
  state: z.string().min(1).max(200),
  code: z.string().min(1).max(4_096).optional(),
  iss: z.string().max(2_048).optional(),
  error: z.string().max(500).optional(),
})).meta({ id: 'FinishToolSignIn' });
export type FinishToolSignIn = z.infer<typeof FinishToolSignIn>;
