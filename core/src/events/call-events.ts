import { z } from 'zod';
import { ErrorValue } from '../errors/heddle-error.js';
import { Label } from '../labels/label.js';
import { Usage } from '../values/values.js';

/** Fields of every durable event. The commit sets `seq` (rule "Sequence numbers"); `time` is in milliseconds since the epoch. */
export const base = { runId: z.string(), seq: z.int().nonnegative(), time: z.number() };
/** Fields of every durable event of an execution. */
export const execution = { ...base, path: z.string(), attempt: z.int().positive() };

/** Ids of passages, `collection/id` if the collection is known; at most a thousand. */
const PassageIds = z.array(z.string()).max(1000);

/** One model call, local or remote: the basis of spend, statistics and the audit log. Its content is referenced by hash. */
export const ModelCallEvent = z.object({
  type: z.literal('model-call'),
  ...execution,
  /** The id from the config, such as `openai/gpt-5`. */
  model: z.string(),
  /** The model that answered, according to the provider. */
  answered: z.string().optional(),
  kind: z.enum(['generate', 'embed', 'rerank', 'classify']),
  isLocal: z.boolean(),
  parameters: z.record(z.string(), z.unknown()),
  /** SHA-256 of the canonical JSON of the request, `sha256:<hex>`. */
  promptHash: z.string(),
  outputHash: z.string().optional(),
  /** SHA-256 of the canonical JSON of the offered tool definitions. */
  toolsHash: z.string().optional(),
  /** For a local model: SHA-256 of its weights, from its card or from their first use. */
  fileHash: z.string().optional(),
  /** For a local model: SHA-256 of the canonical JSON of the hashes of all its files, by name. */
  manifestHash: z.string().optional(),
  /** The passages that the answer is based on: the nearest passages before the execution. */
  passages: PassageIds.optional(),
  label: Label,
  started: z.number(),
  /** The provider's id of the batch that answered it. */
  batch: z.string().optional(),
  usage: Usage.optional(),
  finishReason: z.string().optional(),
  error: ErrorValue.optional(),
});

/** One tool call by an agent, including a refused one. */
export const ToolCallEvent = z.object({
  type: z.literal('tool-call'),
  ...execution,
  tool: z.string(),
  source: z.enum(['workflow', 'builtin', 'mcp']),
  permission: z.enum(['allow', 'ask', 'deny']),
  /** Who approved it, if an approval was requested. */
  by: z.string().optional(),
  argumentsHash: z.string(),
  resultHash: z.string().optional(),
  /** Passages in the result. */
  passages: PassageIds.optional(),
  label: Label,
  started: z.number(),
  error: ErrorValue.optional(),
});
