import type { MessageCreateParamsStreaming, ToolChoice } from '@anthropic-ai/sdk/resources/messages';
import type { Connection } from '@heddle/core';
import type { ProviderRequest } from '../provider.js';
import { anthropicDialect, toDialect } from '../shared/schema-dialect.js';
import type { TurnMemory } from '../shared/turn-memory.js';
import { toAnthropicMessages, type Thinking } from './anthropic-messages.js';

/** Settings that may be left out when a model refuses them. */
export const droppable = ['temperature', 'top_p', 'top_k', 'thinking', 'stop_sequences', 'cache_control'] as const;
export type Droppable = (typeof droppable)[number];

/** The API requires an output limit. This one applies if neither the request nor the model's card has one. */
const usualTokens = 4096;
const thinkingTokens = { low: 1_024, medium: 4_096, high: 16_384 } as const;
/** Models that take a budget for thinking instead of deciding themselves. */
const takesBudget = /claude-(?:3|(?:opus|sonnet|haiku)-4(?:-[0-5]|-2025|$))/;

/** The body of a message request. `dropped` has the settings that this model refused before. */
export function toAnthropicRequest(
  connection: Connection,
  request: ProviderRequest,
  memory: TurnMemory<Thinking>,
  dropped: ReadonlySet<Droppable>,
): MessageCreateParamsStreaming {
  const { system, messages, hasForgotten } = toAnthropicMessages(request.messages, request.files, memory);
  const card = connection.models.find(({ name }) => name === request.model);
  const maxTokens = request.maxTokens ?? card?.maxOutputTokens ?? usualTokens;
  const choice = choiceOf(request);
  const isForced = choice?.type === 'any' || choice?.type === 'tool';
  const thinking = hasForgotten || isForced ? {} : thinkingOf(request, maxTokens);
  const schema = request.schema === undefined ? undefined : toDialect(request.schema, anthropicDialect);
  const effort = 'output_config' in thinking ? thinking.output_config : {};
  const format = schema === undefined ? {} : { format: { type: 'json_schema' as const, schema: { ...schema } } };
  const stops = request.stop?.filter((stop) => stop.trim() !== '') ?? [];
  const isThinking = 'thinking' in thinking;
  const body: MessageCreateParamsStreaming = {
    model: request.model,
    messages,
    stream: true,
    max_tokens: maxTokens,
    system,
    // A thinking model chooses its own sampling.
    ...(request.temperature === undefined || isThinking ? {} : { temperature: Math.min(1, request.temperature) }),
    ...(request.topP === undefined || isThinking ? {} : { top_p: request.topP }),
    ...(request.topK === undefined || isThinking ? {} : { top_k: request.topK }),
    ...(stops.length === 0 ? {} : { stop_sequences: stops }),
    ...(isThinking ? { thinking: thinking.thinking } : {}),
    ...(Object.keys({ ...effort, ...format }).length === 0 ? {} : { output_config: { ...effort, ...format } }),
    ...(request.tools === undefined || request.tools.length === 0
      ? {}
      : {
          tools: request.tools.map(({ name, description, parameters }) => ({
            name,
            description,
            input_schema: { ...parameters, type: 'object' as const },
          })),
          tool_choice: choice,
        }),
  };
  for (const name of dropped) if (name !== 'cache_control') Reflect.deleteProperty(body, name);
  return body;
}

type ThinkingPart =
  | Record<string, never>
  | {
      readonly thinking: NonNullable<MessageCreateParamsStreaming['thinking']>;
      readonly output_config?: { readonly effort: 'low' | 'medium' | 'high' };
    };

function thinkingOf({ reasoning, model }: ProviderRequest, maxTokens: number): ThinkingPart {
  if (reasoning === undefined || reasoning === 'none') return {};
  if (!takesBudget.test(model))
    return { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: reasoning } };
  // Thinking counts as output, so it must leave tokens for the answer.
  const budget = Math.min(thinkingTokens[reasoning], Math.floor(maxTokens / 2));
  return budget < 1_024 ? {} : { thinking: { type: 'enabled', budget_tokens: budget } };
}

function choiceOf({ toolChoice, parallelToolCalls }: ProviderRequest): ToolChoice | undefined {
  const single = parallelToolCalls === false ? { disable_parallel_tool_use: true } : {};
  if (toolChoice === 'none') return { type: 'none' };
  if (toolChoice === 'required') return { type: 'any', ...single };
  if (typeof toolChoice === 'object') return { type: 'tool', name: toolChoice.name, ...single };
  return toolChoice === undefined && parallelToolCalls !== false ? undefined : { type: 'auto', ...single };
}
