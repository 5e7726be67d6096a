import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';
import { ToolEffect } from './effects.js';

/** Ids of tool servers. They hold no `_`, so that `server__tool` reads one way only. */
const toolServerIdPattern = /^[a-z][a-z0-9-]{0,31}$/;

/** Whether an id names a tool, `server__tool`, and not a whole server. */
export const isToolName = (id: string): boolean => id.includes('__');

/** A header or an environment variable: a text, and behind it the value of a secret that is named, never written. */
export const ToolSetting = z
  .object({
    name: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, { error: 'Letters, digits, _ and -' }),
    value: z.string().max(4_096).default(''),
    /** Name of a secret of the vault or the environment; its value follows `value`, such as `Bearer `. */
    secret: z.string().min(1).max(200).optional(),
  })
  .meta({ id: 'ToolSetting' });
export type ToolSetting = z.infer<typeof ToolSetting>;

/** How a tool server is signed in to. Without `clientId`, Heddle registers itself there. */
export const ToolOAuth = z
  .object({
    clientId: z.string().min(1).max(512).optional(),
    /** Name of the secret of that client. */
    clientSecret: z.string().min(1).max(200).optional(),
    /** What is asked for; else what the server names. */
    scope: z.string().min(1).max(1_000).optional(),
  })
  .meta({ id: 'ToolOAuth' });
export type ToolOAuth = z.infer<typeof ToolOAuth>;

/** How a tool server is spoken to. A command is set by an administrator alone and is never part of a workflow. */
export const ToolTransport = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('stdio'),
      command: z.string().min(1).max(1_024),
      args: z.array(z.string().max(8_192)).max(100).default([]),
      /** Working folder; else that of Heddle. */
      folder: z.string().min(1).max(4_096).optional(),
      /** Added to the few variables that children inherit. */
      environment: z.array(ToolSetting).max(50).default([]),
    }),
    z.object({
      kind: z.literal('http'),
      url: z.url({ protocol: /^https?$/ }).max(2_048),
      headers: z.array(ToolSetting).max(50).default([]),
      /** The host may be this machine or inside the network: whoever registers the server says so. */
      isInside: z.boolean().default(false),
      /** Who registers it signs in there (OAuth 2.1, code with PKCE); Heddle keeps the tokens sealed and renews them. */
      oauth: ToolOAuth.optional(),
    }),
  ])
  .meta({ id: 'ToolTransport' });
export type ToolTransport = z.infer<typeof ToolTransport>;

const limitDefaults = { connectMs: 30_000, callMs: 120_000, resultBytes: 1_000_000, idleMinutes: 10 };

/** A registered tool server (MCP). */
export const ToolServer = z
  .object({
    id: z
      .string()
      .regex(toolServerIdPattern, { error: 'Lower-case letters, digits and -, at most 32, starting with a letter' }),
    title: z.string().max(200).default(''),
    transport: ToolTransport,
    /** Nothing above this level may be given to its tools (design §5). */
    ceiling: LabelLevel.default('internal'),
    /** What its tools give carries at least this level. */
    label: LabelLevel.default('internal'),
    /** Whether data that it is given stays on this machine. */
    isLocal: z.boolean().default(false),
    limits: z
      .object({
        /** Milliseconds to start, greet and list the tools. */
        connectMs: z.int().min(100).max(600_000).default(limitDefaults.connectMs),
        /** Milliseconds of a call at most. */
        callMs: z.int().min(100).max(3_600_000).default(limitDefaults.callMs),
        /** Bytes of a result at most. */
        resultBytes: z.int().min(1_000).max(50_000_000).default(limitDefaults.resultBytes),
        /** Minutes without a call after which it is left. */
        idleMinutes: z.number().min(0.01).max(1_440).default(limitDefaults.idleMinutes),
      })
      .default(limitDefaults),
    isEnabled: z.boolean().default(true),
  })
  .meta({ id: 'ToolServer' });
export type ToolServer = z.infer<typeof ToolServer>;

/**
 * Where a tool stands. `new`: nobody approved it. `changed`: its definition is not the approved one. `gone`: its server does not offer
 * it any more. `refused`: its name or form is not acceptable. Only `approved` tools are offered to models and called.
 */
export const ToolStanding = z
  .enum(['new', 'approved', 'changed', 'disabled', 'gone', 'refused'])
  .meta({ id: 'ToolStanding' });
export type ToolStanding = z.infer<typeof ToolStanding>;

/** A definition as its server sends it, every field of it. */
export const RawTool = z.record(z.string(), z.unknown());
export type RawTool = z.infer<typeof RawTool>;

/** A tool of a registered server: what was seen of it, and what a person approved. */
export const RegisteredTool = z
  .object({
    server: z.string(),
    /** `server__tool`: what models and workflows call it. */
    name: z.string(),
    /** What the server calls it. */
    tool: z.string(),
    standing: ToolStanding,
    /** Why it is refused. */
    reason: z.string().optional(),
    /** What it does to the world: decided at the approval, until then proposed. */
    effects: z.array(ToolEffect),
    /** What its annotations say, read with suspicion. */
    proposed: z.array(ToolEffect),
    /** SHA-256 over the canonical JSON of the definition that was seen last. */
    hash: z.string(),
    definition: RawTool,
    approved: z.object({ hash: z.string(), definition: RawTool, by: z.string(), at: z.number() }).optional(),
  })
  .meta({ id: 'RegisteredTool' });
export type RegisteredTool = z.infer<typeof RegisteredTool>;
