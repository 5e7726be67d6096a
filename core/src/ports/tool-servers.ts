import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';
import { NetworkZone } from './cluster/needs.js';
import { ToolEffect } from './effects.js';

/** Ids contain no `_`, so that `server__tool` is unambiguous. */
const toolServerIdPattern = /^[a-z][a-z0-9-]{0,31}$/;

/** Whether an id names a tool (`server__tool`), not a server. */
export const isToolName = (id: string): boolean => id.includes('__');

/** A header or an environment variable: a text, followed by the value of a secret if one is named. */
export const ToolSetting = z
  .object({
    name: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, { error: 'Letters, digits, _ and -' }),
    value: z.string().max(4_096).default(''),
    /** Name of a secret in the vault or the environment. Its value is appended to `value`, for example after `Bearer `. */
    secret: z.string().min(1).max(200).optional(),
  })
  .meta({ id: 'ToolSetting' });
export type ToolSetting = z.infer<typeof ToolSetting>;

/** How Heddle signs in to a tool server. Without `clientId`, Heddle registers itself as a client. */
export const ToolOAuth = z
  .object({
    clientId: z.string().min(1).max(512).optional(),
    /** Name of the secret that holds the client secret. */
    clientSecret: z.string().min(1).max(200).optional(),
    /** The requested scope; by default, the scope that the server names. */
    scope: z.string().min(1).max(1_000).optional(),
  })
  .meta({ id: 'ToolOAuth' });
export type ToolOAuth = z.infer<typeof ToolOAuth>;

/** How Heddle connects to a tool server. Only an administrator sets a command; a workflow never contains one. */
export const ToolTransport = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('stdio'),
      command: z.string().min(1).max(1_024),
      args: z.array(z.string().max(8_192)).max(100).default([]),
      /** Working folder. Default: that of Heddle. */
      folder: z.string().min(1).max(4_096).optional(),
      /** Environment variables in addition to the few that child processes inherit. */
      environment: z.array(ToolSetting).max(50).default([]),
    }),
    z.object({
      kind: z.literal('http'),
      url: z.url({ protocol: /^https?$/ }).max(2_048),
      headers: z.array(ToolSetting).max(50).default([]),
      /** Allows a host on this machine or inside the network. */
      isInside: z.boolean().default(false),
      /**
       * The person who registers the server authorises Heddle there (OAuth 2.1, code with PKCE). Heddle stores the tokens encrypted and
       * renews them.
       */
      oauth: ToolOAuth.optional(),
    }),
  ])
  .meta({ id: 'ToolTransport' });
export type ToolTransport = z.infer<typeof ToolTransport>;

/** The model that answers requests of the server during a tool call (sampling), and the limits for each tool call. */
export const ToolSampling = z
  .object({
    /** Id of the model, such as `openai/gpt-5`. The project of the run needs a grant for it. */
    model: z.string().min(1).max(200),
    maxTokens: z.int().min(1).max(100_000).default(1_000),
    /** Maximum number of answers in one tool call. */
    maxCalls: z.int().min(1).max(100).default(5),
  })
  .meta({ id: 'ToolSampling' });
export type ToolSampling = z.infer<typeof ToolSampling>;

const limitDefaults = { connectMs: 30_000, callMs: 120_000, resultBytes: 1_000_000, idleMinutes: 10 };

/** A registered tool server (MCP). */
export const ToolServer = z
  .object({
    id: z
      .string()
      .regex(toolServerIdPattern, { error: 'Lower-case letters, digits and -, at most 32, starting with a letter' }),
    title: z.string().max(200).default(''),
    transport: ToolTransport,
    /** Data with a higher label must not be sent to its tools. */
    clearance: LabelLevel.default('internal'),
    /** The lowest level of the results of its tools. */
    label: LabelLevel.default('internal'),
    /** Whether data that is sent to it stays on this machine. */
    isLocal: z.boolean().default(false),
    /**
     * The network zone from which the server can be reached (`HEDDLE_WORKER_ZONE`): runs that use it are sent to processes in this zone.
     * Missing: every process can reach it.
     */
    zone: NetworkZone.optional(),
    limits: z
      .object({
        /** Milliseconds to start, connect and list the tools. */
        connectMs: z.int().min(100).max(600_000).default(limitDefaults.connectMs),
        /** Maximum milliseconds of a call. */
        callMs: z.int().min(100).max(3_600_000).default(limitDefaults.callMs),
        /** Maximum bytes of a result. */
        resultBytes: z.int().min(1_000).max(50_000_000).default(limitDefaults.resultBytes),
        /** Minutes without a call before the connection is closed. */
        idleMinutes: z.number().min(0.01).max(1_440).default(limitDefaults.idleMinutes),
      })
      .default(limitDefaults),
    /** Without it, the server cannot request a model. */
    sampling: ToolSampling.optional(),
    isEnabled: z.boolean().default(true),
  })
  .meta({ id: 'ToolServer' });
export type ToolServer = z.infer<typeof ToolServer>;

/**
 * The status of a tool. `new`: not approved yet. `changed`: its definition differs from the approved one. `gone`: its server no longer
 * offers it. `refused`: its name or definition is not allowed. Only `approved` tools are offered to models and called.
 */
export const ToolStanding = z
  .enum(['new', 'approved', 'changed', 'disabled', 'gone', 'refused'])
  .meta({ id: 'ToolStanding' });
export type ToolStanding = z.infer<typeof ToolStanding>;

/** A definition as the server sends it, with all fields. */
export const RawTool = z.record(z.string(), z.unknown());
export type RawTool = z.infer<typeof RawTool>;

/** A tool of a registered server, with its last known definition and what a person approved. */
export const RegisteredTool = z
  .object({
    server: z.string(),
    /** `server__tool`: the name for models and workflows. */
    name: z.string(),
    /** The tool's name at the server. */
    tool: z.string(),
    standing: ToolStanding,
    /** Why the tool is refused; only set if it is. */
    reason: z.string().optional(),
    /** The approved effects; before an approval, the proposed ones. */
    effects: z.array(ToolEffect),
    /** The effects that its annotations claim, which are not trusted. */
    proposed: z.array(ToolEffect),
    /** SHA-256 over the canonical JSON of the last known definition. */
    hash: z.string(),
    definition: RawTool,
    approved: z.object({ hash: z.string(), definition: RawTool, by: z.string(), at: z.number() }).optional(),
  })
  .meta({ id: 'RegisteredTool' });
export type RegisteredTool = z.infer<typeof RegisteredTool>;
