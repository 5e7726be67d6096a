import type { Connection, JsonObject } from '@heddle/core';
import type {
  FunctionTool,
  ResponseCreateParamsStreaming,
  ResponseFormatTextJSONSchemaConfig,
} from 'openai/resources/responses/responses';
import type { ProviderRequest } from '../../provider.js';
import { openAiDialect, toDialect } from '../../shared/schema-dialect.js';
import { promptCacheKey } from '../prompt-cache-key.js';
import type { KeptTurns } from './kept-turns.js';
import { toInputItems } from './response-items.js';

/** Settings that may be left out when a model refuses them: the answer is of the same kind without them. */
export const droppable = [
  'reasoning.summary',
  'reasoning',
  'include',
  'temperature',
  'top_p',
  'parallel_tool_calls',
  'max_output_tokens',
  'prompt_cache_key',
  'store',
] as const;
export type Droppable = (typeof droppable)[number];

/**
 * The body of a request for a response. With `store: false`, the provider returns encrypted reasoning to be sent back later. `dropped` has
 * the settings that this model refused before.
 */
export function toResponseRequest(
  connection: Connection,
  request: ProviderRequest,
  turns: KeptTurns,
  dropped: ReadonlySet<Droppable>,
): ResponseCreateParamsStreaming {
  const { schema, tools = [], toolChoice, reasoning: effort } = request;
  const body: ResponseCreateParamsStreaming = {
    model: request.model,
    input: toInputItems(request.messages, request.files, turns),
    stream: true,
    store: false,
    include: ['reasoning.encrypted_content'],
    max_output_tokens: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    reasoning: effort === undefined ? undefined : { effort, ...summaryOf(effort, dropped) },
    prompt_cache_key: promptCacheKey(connection, request),
    text: schema === undefined ? undefined : { format: formatOf(schema) },
    ...(tools.length > 0 && {
      tools: tools.map(toTool),
      tool_choice: typeof toolChoice === 'object' ? { type: 'function', name: toolChoice.name } : toolChoice,
      parallel_tool_calls: request.parallelToolCalls,
    }),
  };
  for (const name of dropped) if (name !== 'reasoning.summary') Reflect.deleteProperty(body, name);
  return body;
}

export function isSent(body: ResponseCreateParamsStreaming, name: Droppable): boolean {
  return name === 'reasoning.summary' ? body.reasoning?.summary !== undefined : body[name] !== undefined;
}

function summaryOf(effort: string, dropped: ReadonlySet<Droppable>): { readonly summary?: 'auto' } {
  return effort === 'none' || dropped.has('reasoning.summary') ? {} : { summary: 'auto' };
}

function formatOf(schema: JsonObject): ResponseFormatTextJSONSchemaConfig {
  const strict = toDialect(schema, openAiDialect);
  return { type: 'json_schema', name: 'answer', schema: { ...(strict ?? schema) }, strict: strict !== undefined };
}

function toTool({ name, description, parameters }: NonNullable<ProviderRequest['tools']>[number]): FunctionTool {
  return { type: 'function', name, description, parameters: { ...parameters }, strict: false };
}
