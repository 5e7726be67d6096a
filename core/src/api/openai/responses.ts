import { z } from 'zod';
import { queryNumber } from '../query/query-values.js';
import { ResponseInputItem, ResponseOutputItem } from './response-items.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** The message for a setting that is not supported. */
const unsupported = (what: string) => `${what} is not supported here: leave it out`;

/** The format of the answer. */
const TextFormat = z.union(
  [
    z.object({ type: z.enum(['text', 'json_object']) }),
    lazyObject(() => ({
      type: z.literal('json_schema'),
      name: z.string().max(64).nullish(),
      description: z.string().max(10_000).nullish(),
      schema: z.record(z.string(), z.unknown()),
      strict: z.boolean().nullish(),
    })),
  ],
  { error: 'give text, json_object, or json_schema with a schema' },
);

/** A function that a model may call. The client executes the calls. */
const FunctionTool = lazyObject(() => ({
  type: z.literal('function', { error: 'only functions can be offered to a model here' }),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'a name has letters, digits, _ and -, at most 64'),
  description: z.string().max(10_000).nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
}));

/** Settings that other servers support and this one does not. Their default values are accepted. */
const refused = {
  context_management: z.null(unsupported('context_management')).optional(),
  include: z.array(z.never(unsupported('include'))).nullish(),
  max_tool_calls: z.null(unsupported('max_tool_calls')).optional(),
  prompt: z.null(unsupported('prompt')).optional(),
  service_tier: z.enum(['auto', 'default'], unsupported('another tier')).nullish(),
  stream_options: z
    .object({ include_obfuscation: z.literal(false, unsupported('include_obfuscation')).nullish() })
    .nullish(),
  top_logprobs: z.literal(0, unsupported('top_logprobs')).nullish(),
  truncation: z.literal('disabled', 'truncation is not supported here: send fewer items').nullish(),
};

/** Body of `POST /v1/responses`. Unsupported settings are refused. */
export const ResponseRequest = lazyObject(() => ({
  model: z.string().min(1).max(256),
  input: z.union([z.string(), z.array(ResponseInputItem).min(1).max(10_000)]),
  instructions: z.string().nullish(),
  background: z.boolean().nullish(),
  /** The thread that the run of a workflow continues, or `new`. */
  conversation: z.union([z.string().max(64), z.object({ id: z.string().max(64) })]).nullish(),
  previous_response_id: z.string().max(128).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  max_output_tokens: z.int().positive().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  metadata: z
    .record(z.string().max(64), z.string().max(512))
    .refine((entries) => Object.keys(entries).length <= 16, { error: 'give at most 16 entries' })
    .nullish(),
  reasoning: z
    .object({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high']).nullish(),
      summary: z.null('a summary of the reasoning is not supported here: leave it out').optional(),
    })
    .nullish(),
  text: z
    .object({
      format: TextFormat.nullish(),
      verbosity: z.literal('medium', 'only medium is supported here: leave it out').nullish(),
    })
    .nullish(),
  tools: z.array(FunctionTool).max(64).nullish(),
  tool_choice: z
    .union([z.enum(['none', 'auto', 'required']), z.object({ type: z.literal('function'), name: z.string() })])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  user: z.string().max(256).nullish(),
  /** These fields describe the caller to other servers; here they have no effect. */
  safety_identifier: z.string().max(256).nullish(),
  prompt_cache_key: z.string().max(256).nullish(),
  prompt_cache_retention: z.string().max(64).nullish(),
  ...refused,
})).meta({ id: 'ResponseRequest' });
export type ResponseRequest = z.infer<typeof ResponseRequest>;

const ResponseStatus = z.enum(['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled']);
type ResponseStatus = z.infer<typeof ResponseStatus>;

/** A response in OpenAI's format. */
export const ResponseReply = lazyObject(() => ({
  id: z.string(),
  object: z.literal('response'),
  /** Seconds since 1970. */
  created_at: z.int(),
  completed_at: z.int().nullable(),
  status: ResponseStatus,
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  incomplete_details: z.object({ reason: z.enum(['max_output_tokens', 'content_filter']) }).nullable(),
  model: z.string(),
  output: z.array(ResponseOutputItem),
  /** The thread of the run. */
  conversation: z.object({ id: z.string() }).nullable(),
  previous_response_id: z.string().nullable(),
  instructions: z.string().nullable(),
  background: z.boolean(),
  store: z.boolean(),
  max_output_tokens: z.int().nullable(),
  max_tool_calls: z.null(),
  metadata: z.record(z.string(), z.string()),
  parallel_tool_calls: z.boolean(),
  prompt_cache_key: z.string().nullable(),
  reasoning: z.object({ effort: z.string().nullable(), summary: z.null() }),
  safety_identifier: z.string().nullable(),
  service_tier: z.literal('default'),
  temperature: z.number().nullable(),
  text: z.object({ format: z.looseObject({ type: z.string() }), verbosity: z.literal('medium') }),
  tool_choice: z.union([z.string(), z.looseObject({ type: z.string() })]),
  tools: z.array(z.looseObject({ type: z.string() })),
  top_logprobs: z.literal(0),
  top_p: z.number().nullable(),
  truncation: z.literal('disabled'),
  usage: z
    .object({
      input_tokens: z.int(),
      input_tokens_details: z.object({ cached_tokens: z.int() }),
      output_tokens: z.int(),
      output_tokens_details: z.object({ reasoning_tokens: z.int() }),
      total_tokens: z.int(),
    })
    .nullable(),
  user: z.string().nullable(),
})).meta({ id: 'ResponseReply' });
export type ResponseReply = z.infer<typeof ResponseReply>;

/** Query of `GET /v1/responses/:id`. */
export const ResponseQuery = lazyStrictObject(() => ({
  include: z.never(unsupported('include')).optional(),
  'include[]': z.never(unsupported('include')).optional(),
  stream: z.literal('false', 'a stored response cannot be streamed: leave out stream').optional(),
  starting_after: z.never(unsupported('starting_after')).optional(),
  include_obfuscation: z.literal('false', unsupported('include_obfuscation')).optional(),
}));
export type ResponseQuery = z.infer<typeof ResponseQuery>;

/** Query of `GET /v1/responses/:id/input_items`. */
export const ResponseItemsQuery = lazyStrictObject(() => ({
  limit: queryNumber(z.int().min(1).max(100)).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
  /** The last id of the previous page. */
  after: z.string().max(128).optional(),
  include: z.never(unsupported('include')).optional(),
}));
export type ResponseItemsQuery = z.infer<typeof ResponseItemsQuery>;

/** Reply of `GET /v1/responses/:id/input_items`. */
export const ResponseItemsReply = lazyObject(() => ({
  object: z.literal('list'),
  data: z.array(z.looseObject({ id: z.string(), type: z.string() })),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
})).meta({ id: 'ResponseItemsReply' });
export type ResponseItemsReply = z.infer<typeof ResponseItemsReply>;

/** Reply of `DELETE /v1/responses/:id`. */
export const ResponseDeleted = lazyObject(() => ({
  id: z.string(),
  object: z.literal('response'),
  deleted: z.literal(true),
})).meta({ id: 'ResponseDeleted' });
export type ResponseDeleted = z.infer<typeof ResponseDeleted>;
