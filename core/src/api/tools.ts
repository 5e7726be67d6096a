import { z } from 'zod';
import { ToolEffect } from '../ports/effects.js';
import { RegisteredTool, ToolServer, ToolStanding } from '../ports/tool-servers.js';
import { withReadOnly } from './read-only.js';

/** `GET /api/tools/servers`: a server as everybody sees it; how it is reached in full is for those who register servers. */
export const ToolServerSummary = ToolServer.omit({ transport: true, limits: true })
  .extend({
    kind: z.enum(['stdio', 'http']),
    /** The command's name or the address's host. */
    place: z.string(),
    activity: z.object({
      state: z.enum(['idle', 'connected', 'waiting']),
      inFlight: z.int().nonnegative(),
      /** When a failing server is tried again (epoch milliseconds). */
      retryAt: z.number().optional(),
      /** What went wrong last. */
      problem: z.string().optional(),
    }),
    /** Of servers that are signed in to: whether somebody has to, or until when the present token is good. */
    signIn: z.object({ isNeeded: z.boolean(), expiresAt: z.number().optional() }).optional(),
    /** How many of its tools stand where. */
    tools: z.partialRecord(ToolStanding, z.int()),
  })
  .meta({ id: 'ToolServerSummary' });
export type ToolServerSummary = z.infer<typeof ToolServerSummary>;

/** `PUT /api/tools/servers/:id`. */
export const ReplaceToolServerRequest = withReadOnly(ToolServer, ToolServerSummary).meta({
  id: 'ReplaceToolServerRequest',
});

export const ToolServersReply = z.object({ servers: z.array(ToolServerSummary) }).meta({ id: 'ToolServersReply' });
export type ToolServersReply = z.infer<typeof ToolServersReply>;

/** One difference between the approved and the present definition; a side left out had no such field. */
export const ToolChange = z
  .object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() })
  .meta({ id: 'ToolChange' });
export type ToolChange = z.infer<typeof ToolChange>;

/** A tool with what changed since it was approved. */
export const ToolReply = RegisteredTool.extend({ changes: z.array(ToolChange) }).meta({ id: 'ToolReply' });
export type ToolReply = z.infer<typeof ToolReply>;

/** `GET /api/tools/servers/:id/tools`. */
export const ToolsReply = z.object({ tools: z.array(ToolReply) }).meta({ id: 'ToolsReply' });
export type ToolsReply = z.infer<typeof ToolsReply>;

/** `POST /api/tools/servers/:id/tools/:tool/approve`: for exactly the definition of this hash. */
export const ApproveToolRequest = z
  .object({ hash: z.string().max(100), effects: z.array(ToolEffect).min(1).max(5).optional() })
  .meta({ id: 'ApproveToolRequest' });
export type ApproveToolRequest = z.infer<typeof ApproveToolRequest>;

/** `PUT /api/tools/servers/:id/tools/:tool/effects`. */
export const SetToolEffectsRequest = withReadOnly(
  z.object({ effects: z.array(ToolEffect).min(1).max(5) }),
  ToolReply,
).meta({ id: 'SetToolEffectsRequest' });
export type SetToolEffectsRequest = z.infer<typeof SetToolEffectsRequest>;

/** `POST /api/tools/servers/:id/test`: a fresh connection, a greeting and the list of tools. */
export const ToolServerTest = z
  .object({
    isReachable: z.boolean(),
    /** Milliseconds. */
    ms: z.number().nonnegative(),
    /** What the server calls itself, with its version. */
    name: z.string().optional(),
    /** Names of its tools. */
    tools: z.array(z.string()),
    code: z.string().optional(),
    message: z.string().optional(),
    /** The last of what a command wrote to its standard error, without secrets. */
    errorOutput: z.string().optional(),
  })
  .meta({ id: 'ToolServerTest' });
export type ToolServerTest = z.infer<typeof ToolServerTest>;

/** `POST /api/tools/servers/:id/sign-in`: the page on which a person agrees. */
export const BeginToolSignIn = z
  .object({
    /** Where the browser is sent back to instead of the page Tools: a port of the machine of whoever asks, as the command line opens one. */
    redirectUrl: z
      .string()
      .regex(/^http:\/\/127\.0\.0\.1:\d{1,5}\/$/)
      .optional(),
  })
  .meta({ id: 'BeginToolSignIn' });
export type BeginToolSignIn = z.infer<typeof BeginToolSignIn>;

export const ToolSignInReply = z.object({ url: z.url() }).meta({ id: 'ToolSignInReply' });
export type ToolSignInReply = z.infer<typeof ToolSignInReply>;

/** `POST /api/tools/sign-in`: what the browser was sent back to the page Tools with. */
export const FinishToolSignIn = z
  .object({
    state: z.string().min(1).max(200),
    code: z.string().min(1).max(4_096).optional(),
    iss: z.string().max(2_048).optional(),
    error: z.string().max(500).optional(),
  })
  .meta({ id: 'FinishToolSignIn' });
export type FinishToolSignIn = z.infer<typeof FinishToolSignIn>;
