import type { InputMessageItem, ResponseInputItem, ResponseRequest } from '@heddle/core';
import type { ChatMessage, ChatRequest } from '../chat-request.js';

type Part = Exclude<InputMessageItem['content'], string>[number];

/** Whether the request has instructions, which come before the conversation. */
export const hasInstructions = ({ instructions }: Pick<ResponseRequest, 'instructions'>): boolean =>
  instructions != null && instructions !== '';

/** The input of a request as a list of items. */
export function itemsOf({ input }: Pick<ResponseRequest, 'input'>): readonly ResponseInputItem[] {
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
}

/** Converts a request for a response to the equivalent chat request. References must be resolved before. */
export function chatOf(body: ResponseRequest, items: readonly ResponseInputItem[]): ChatRequest {
  const { model, max_output_tokens, temperature, top_p, user, reasoning, parallel_tool_calls } = body;
  return {
    model,
    temperature,
    top_p,
    user,
    parallel_tool_calls,
    max_completion_tokens: max_output_tokens,
    reasoning_effort: reasoning?.effort,
    response_format: formatOf(body.text?.format),
    tools: body.tools?.map(({ type, ...about }) => ({ type, function: about })),
    tool_choice:
      typeof body.tool_choice === 'object' && body.tool_choice !== null
        ? { type: 'function', function: { name: body.tool_choice.name } }
        : body.tool_choice,
    messages: messagesOf(items),
  };
}

function formatOf(format: NonNullable<ResponseRequest['text']>['format']): ChatRequest['response_format'] {
  if (format == null) return undefined;
  return format.type === 'json_schema' ? { type: 'json_schema', json_schema: { schema: format.schema } } : format;
}

function messagesOf(items: readonly ResponseInputItem[]): ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (const item of items) {
    if (isMessage(item)) messages.push({ role: item.role, content: contentOf(item.content) });
    else if (item.type === 'function_call_output')
      messages.push({ role: 'tool', tool_call_id: item.call_id, content: contentOf(item.output) });
    else if (item.type === 'function_call') {
      const call = { id: item.call_id, function: { name: item.name, arguments: item.arguments } };
      const last = messages.at(-1);
      // All calls of one answer belong to one message, together with the text before them.
      if (last?.role === 'assistant') last.tool_calls = [...(last.tool_calls ?? []), call];
      else messages.push({ role: 'assistant', content: '', tool_calls: [call] });
    }
  }
  return messages;
}

/** Whether an item is a message. Only references may lack a type too, and they have no role. */
const isMessage = (item: ResponseInputItem): item is InputMessageItem =>
  item.type === 'message' || (item.type == null && 'role' in item);

function contentOf(content: string | readonly Part[]): ChatMessage['content'] {
  return typeof content === 'string' ? content : content.map(partOf);
}

function partOf(part: Part): Exclude<NonNullable<ChatMessage['content']>, string>[number] {
  if (part.type === 'input_image') return { type: 'image_url', image_url: { url: part.image_url } };
  return { type: 'text', text: part.type === 'refusal' ? part.refusal : part.text };
}
