import type { Connection } from '@heddle/core';
import type { ChatCompletionCreateParamsStreaming, ChatCompletionTool } from 'openai/resources/chat/completions';
import type { ProviderRequest } from '../provider.js';
import { promptCacheKey } from './prompt-cache-key.js';
import { toOpenAiMessages } from './openai-messages.js';
import { openAiDialect, toDialect } from '../shared/schema-dialect.js';

/** Settings that may be left out when a model refuses them: the answer is of the same kind without them. */
export const droppable = [
  'stream_options',
  'temperature',
  'top_p',
  'seed',
  'reasoning_effort',
  'parallel_tool_calls',
  'stop',
  'max_tokens',
  'max_completion_tokens',
  'prompt_cache_key',
] as const;
export type Droppable = (typeof droppable)[number];

/** The body of a chat completion. `dropped` has the settings that this model refused before. */
export function toOpenAiRequest(
  connection: Connection,
  request: ProviderRequest,
  dropped: ReadonlySet<Droppable>,
): ChatCompletionCreateParamsStreaming {
  const isCompatible = connection.kind === 'openai-compatible';
  const { maxTokens, toolChoice, tools = [], schema } = request;
  // The two APIs name the output limit differently; if one name is refused, the other is tried.
  const usesOldName = dropped.has('max_completion_tokens') || (isCompatible && !dropped.has('max_tokens'));
  const strict = schema === undefined ? undefined : toDialect(schema, openAiDialect);
  const body: ChatCompletionCreateParamsStreaming = {
    model: request.model,
    messages: toOpenAiMessages(request.messages, request.files),
    stream: true,
    stream_options: { include_usage: true },
    ...(usesOldName ? oldBound(maxTokens) : { max_completion_tokens: maxTokens }),
    temperature: request.temperature,
    top_p: request.topP,
    ...seedOf(request.seed),
    stop: request.stop === undefined || request.stop.length === 0 ? undefined : request.stop.slice(0, 4),
    reasoning_effort: request.reasoning,
    prompt_cache_key: promptCacheKey(connection, request),
    ...(isCompatible ? { top_k: request.topK } : {}),
    response_format:
      schema === undefined
        ? undefined
        : {
            type: 'json_schema' as const,
            json_schema: { name: 'answer', schema: { ...(strict ?? schema) }, strict: strict !== undefined },
          },
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(toTool),
          tool_choice: toolChoice === undefined ? undefined : toChoice(toolChoice),
          parallel_tool_calls: request.parallelToolCalls,
        }),
  };
  for (const name of dropped)
    if (name !== 'max_tokens' && name !== 'max_completion_tokens') Reflect.deleteProperty(body, name);
  return body;
}

function toTool(tool: NonNullable<ProviderRequest['tools']>[number]): ChatCompletionTool {
  const { name, description, parameters } = tool;
  return { type: 'function', function: { name, description, parameters: { ...parameters } } };
}

function toChoice(choice: NonNullable<ProviderRequest['toolChoice']>) {
  return typeof choice === 'string' ? choice : { type: 'function' as const, function: { name: choice.name } };
}

// Deprecated in the library, but compatible servers read this name.
const oldBound = (tokens: number | undefined): object => ({ max_tokens: tokens });
const seedOf = (seed: number | undefined): object => ({ seed });
