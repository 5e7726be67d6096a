import { z } from 'zod';
import { ErrorValue } from '../errors/heddle-error.js';
import { Label } from '../labels/label.js';
import { Usage } from '../values/values.js';

/** Fields of every durable event. `seq` is given in the commit (V1); `time` is epoch milliseconds. */
export const base = { runId: z.string(), seq: z.int().nonnegative(), time: z.number() };
/** Fields of every durable event of one execution. */
export const execution = { ...base, path: z.string(), attempt: z.int().positive() };

/** Ids of passages, `collection/id` where the collection is known; the first thousand. */
const PassageIds = z.array(z.string()).max(1000);

/** One call of a model, local or remote: what spend, statistics and the audit record are made from. Content is named by hash. */
export const ModelCallEvent = z.object({
  type: z.literal('model-call'),
  ...execution,
  /** The id in the config, such as `openai/gpt-5`. */
  model: z.string(),
  /** The model that the provider says answered. */
  answered: z.string().optional(),
  kind: z.enum(['generate', 'embed', 'rerank', 'classify']),
  isLocal: z.boolean(),
  parameters: z.record(z.string(), z.unknown()),
  /** SHA-256 of the canonical JSON of what was sent, `sha256:<hex>`. */
  promptHash: z.string(),
  outputHash: z.string().optional(),
  /** SHA-256 of the canonical JSON of the definitions of the tools that the model was offered. */
  toolsHash: z.string().optional(),
  /** Of a local model: SHA-256 of its weights, as its card names it or as they were first seen. */
  fileHash: z.string().optional(),
  /** Of a local model: SHA-256 of the canonical JSON of the hashes of all its files by name. */
  manifestHash: z.string().optional(),
  /** What the execution had been given to answer from: the nearest passages before it. */
  passages: PassageIds.optional(),
  label: Label,
  started: z.number(),
  usage: Usage.optional(),
  finishReason: z.string().optional(),
  error: ErrorValue.optional(),
});

/** One call of a tool by an agent, also one that was refused. */
export const ToolCallEvent = z.object({
  type: z.literal('tool-call'),
  ...execution,
  tool: z.string(),
  source: z.enum(['workflow', 'builtin', 'mcp']),
  permission: z.enum(['allow', 'ask', 'deny']),
  /** Who approved it, where somebody was asked. */
  by: z.string().optional(),
  argumentsHash: z.string(),
  resultHash: z.string().optional(),
  /** Passages that it found. */
  passages: PassageIds.optional(),
  label: Label,
  started: z.number(),
  error: ErrorValue.optional(),
});
