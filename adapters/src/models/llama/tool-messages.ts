import { createHash } from 'node:crypto';
import { HeddleError, withoutUndefined, type Message, type ToolDefinition } from '@heddle/core';
import type { ToolStyle } from './tool-style.js';

interface TemplateCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: unknown };
}

interface TemplateMessage {
  readonly role: string;
  readonly content: string;
  readonly name?: string;
  readonly tool_calls?: readonly TemplateCall[];
  readonly tool_call_id?: string;
}

interface TemplateTool {
  readonly type: 'function';
  readonly function: ToolDefinition;
}

/** The input of a chat template. Errors: `model_wrong_kind` for images and files. */
export interface TemplateInput {
  readonly messages: readonly TemplateMessage[];
  readonly tools: readonly TemplateTool[] | undefined;
}

/**
 * Converts a conversation into the input of a model's template. Calls, results and tools are fields if the template supports them, else
 * text.
 */
export function templateInput(
  messages: readonly Message[],
  tools: readonly ToolDefinition[],
  style: ToolStyle,
): TemplateInput {
  if (style.isNative)
    return {
      messages: nativeMessages(messages, style),
      tools:
        tools.length === 0
          ? undefined
          : tools.map(({ name, description, parameters }) => ({
              type: 'function',
              function: { name, description, parameters },
            })),
    };
  const explained = explainedMessages(messages);
  return { messages: tools.length === 0 ? explained : withInstructions(explained, tools), tools: undefined };
}

function nativeMessages(messages: readonly Message[], style: ToolStyle): readonly TemplateMessage[] {
  const idOf = (id: string): string => (style.hasShortIds ? shortId(id) : id);
  const calls = (message: Message): readonly TemplateCall[] =>
    (message.toolCalls ?? []).map((call) => ({
      id: idOf(call.id),
      type: 'function',
      function: { name: call.name, arguments: argumentsOf(call) },
    }));
  return (style.between === undefined ? oneCallEach(messages) : messages).map((message) =>
    withoutUndefined({
      role: message.role,
      content: textOf(message),
      name: message.role === 'tool' ? message.name : undefined,
      tool_call_id: message.toolCallId === undefined ? undefined : idOf(message.toolCallId),
      tool_calls: message.toolCalls === undefined || message.toolCalls.length === 0 ? undefined : calls(message),
    }),
  );
}

/** Splits a message with several calls into one message for each call, followed by its result. */
function oneCallEach(messages: readonly Message[]): readonly Message[] {
  const placed = new Set<Message>();
  return messages.flatMap((message, index) => {
    if (placed.has(message)) return [];
    const calls = message.toolCalls ?? [];
    if (calls.length < 2) return [message];
    // Only the results that follow are searched. The caller chooses the ids, so another turn may use the same ones.
    const end = messages.findIndex(({ role }, at) => at > index && role !== 'tool');
    const results = messages.slice(index + 1, end < 0 ? undefined : end);
    return calls.flatMap((call, position) => {
      const asked = { ...message, content: position === 0 ? message.content : '', toolCalls: [call] };
      const result = results.find(({ toolCallId }) => toolCallId === call.id);
      if (result === undefined) return [asked];
      placed.add(result);
      return [asked, result];
    });
  });
}

/**
 * Writes calls and results as text. Merges a result with neighbouring messages of the same role, because many templates require alternating
 * roles.
 */
function explainedMessages(messages: readonly Message[]): readonly TemplateMessage[] {
  const written: { role: string; content: string; isResult: boolean }[] = [];
  for (const message of messages) {
    const text = textOf(message);
    const calls = (message.toolCalls ?? []).map(
      (call) => `<tool_call>\n${JSON.stringify({ name: call.name, arguments: argumentsOf(call) })}\n</tool_call>`,
    );
    const isResult = message.role === 'tool';
    const content = isResult
      ? `<tool_response>\n${text}\n</tool_response>`
      : [...(text === '' && calls.length > 0 ? [] : [text]), ...calls].join('\n');
    const role = isResult ? 'user' : message.role;
    const last = written.at(-1);
    if (last?.role === role && (isResult || last.isResult)) {
      last.content += `\n${content}`;
      last.isResult = isResult;
    } else written.push({ role, content, isResult });
  }
  return written.map(({ role, content }) => ({ role, content }));
}

function withInstructions(
  messages: readonly TemplateMessage[],
  tools: readonly ToolDefinition[],
): readonly TemplateMessage[] {
  const lines = tools.map(({ name, description, parameters }) => JSON.stringify({ name, description, parameters }));
  const instruction = [
    'You can call these tools:',
    '<tools>',
    ...lines,
    '</tools>',
    'To call one, write its name and arguments as JSON in this form, and wait for its result between <tool_response> and </tool_response>:',
    '<tool_call>',
    '{"name": "name of the tool", "arguments": {"name of an argument": "its value"}}',
    '</tool_call>',
    'Call a tool only where it helps; otherwise answer in words.',
  ].join('\n');
  const [first, ...rest] = messages;
  if (first?.role === 'system') return [{ ...first, content: `${first.content}\n\n${instruction}` }, ...rest];
  return [{ role: 'system', content: instruction }, ...messages];
}

/** Callers may pass arguments as the JSON text that they received. A text that is not JSON stays a text. */
function argumentsOf({ arguments: given }: NonNullable<Message['toolCalls']>[number]): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given) as unknown;
  } catch {
    return given;
  }
}

/** For templates without system messages: puts their text before the first message of the user. */
export function systemInUser(messages: readonly TemplateMessage[]): readonly TemplateMessage[] {
  const instruction = messages.flatMap(({ role, content }) => (role === 'system' ? [content] : [])).join('\n\n');
  const others = messages.filter(({ role }) => role !== 'system');
  const first = others.findIndex(({ role }) => role === 'user');
  if (instruction === '') return others;
  if (first < 0) return [{ role: 'user', content: instruction }, ...others];
  return others.map((message, index) =>
    index === first ? { ...message, content: `${instruction}\n\n${message.content}` } : message,
  );
}

/** An id of nine letters and digits that is always the same for a given id. */
function shortId(id: string): string {
  return /^[a-zA-Z0-9]{9}$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 9);
}

function textOf({ content }: Message): string {
  if (typeof content === 'string') return content;
  const texts = content.map((part) => {
    if (part.type === 'text') return part.text;
    throw new HeddleError(
      'model_wrong_kind',
      `This model reads text only: the conversation has a part of type '${part.type}'.`,
    );
  });
  return texts.join('\n');
}
