import { randomUUID } from 'node:crypto';
import { withoutUndefined, type Message, type ToolDefinition } from '@heddle/core';
import { type LlamaModel, type Token } from 'node-llama-cpp';
import type { TemplateInput } from './tool-messages.js';
import { openTemplate } from './chat-template.js';
import type { ToolStyle } from './tool-style.js';

/** A conversation as the model reads it. */
export interface ChatPrompt {
  readonly tokens: readonly Token[];
  /** The template has opened a thought at the end of the prompt. */
  readonly startsThinking: boolean;
}

/** Writes conversations in the form that one model was trained on. */
export interface ChatFormat {
  write(
    messages: readonly Message[],
    options: { readonly thinks: boolean; readonly tools?: readonly ToolDefinition[] },
  ): ChatPrompt;
  /** How the model calls tools. */
  readonly toolStyle: ToolStyle;
}

/** What llama.cpp itself uses for a model without a template of its own. */
const chatMl =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** Reads the model's own chat template. Errors: `model_file_invalid`. */
export function createChatFormat(model: LlamaModel): ChatFormat {
  const source = model.fileInfo.metadata.tokenizer.chat_template ?? chatMl;
  const { bosString, eosString, bos, shouldPrependBosToken } = model.tokens;
  const template = openTemplate(source, { bos_token: bosString ?? '', eos_token: eosString ?? '' });
  const isDirty = (text: string): boolean => model.tokenize(text, true).some((token) => model.isSpecialToken(token));
  return {
    toolStyle: template.toolStyle,
    write(messages, { thinks, tools = [] }) {
      const input = template.inputOf(messages, tools);
      const text = template.render(input, thinks);
      // Words of the user that are the model's own control tokens must not act as such: only then text and frame are read apart.
      const { marked, contents } = markDirty(input, isDirty);
      const tokens =
        contents.size > 0
          ? tokenizeApart(model, template.render(marked, thinks), contents)
          : model.tokenize(text, true);
      const needsStart = shouldPrependBosToken && bos !== null && tokens[0] !== bos;
      return { tokens: needsStart ? [bos, ...tokens] : tokens, startsThinking: text.trimEnd().endsWith('<think>') };
    },
  };
}

interface Marked {
  readonly marked: TemplateInput;
  /** What stands instead of each mark. */
  readonly contents: ReadonlyMap<string, string>;
}

/** Puts marks where words are that the model could take for its own control tokens: none where there are none. */
function markDirty(input: TemplateInput, isDirty: (text: string) => boolean): Marked {
  const contents = new Map<string, string>();
  const mark = (text: string, written: string): string => {
    const id = randomUUID();
    contents.set(id, written);
    return id;
  };
  // Inside of JSON a text is written with its escapes.
  const inJson = (text: string): string => (isDirty(text) ? mark(text, JSON.stringify(text).slice(1, -1)) : text);
  const messages = input.messages.map((message) =>
    withoutUndefined({
      ...message,
      content: isDirty(message.content) ? mark(message.content, message.content) : message.content,
      tool_calls: message.tool_calls?.map((call) => ({
        ...call,
        function: { name: inJson(call.function.name), arguments: mapTexts(call.function.arguments, inJson) },
      })),
    }),
  );
  const tools = input.tools?.map((tool) => ({
    ...tool,
    function: {
      name: inJson(tool.function.name),
      description: inJson(tool.function.description),
      parameters: mapTexts(tool.function.parameters, inJson) as ToolDefinition['parameters'],
    },
  }));
  return { marked: { messages, tools }, contents };
}

/** A JSON value with every text in it changed, names of properties included. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), mapTexts(item, change)]));
}

function tokenizeApart(model: LlamaModel, frame: string, contents: ReadonlyMap<string, string>): Token[] {
  return frame.split(new RegExp(`(${[...contents.keys()].join('|')})`)).flatMap((piece) => {
    const content = contents.get(piece);
    return content === undefined ? model.tokenize(piece, true) : model.tokenize(content, false, 'trimLeadingSpace');
  });
}
