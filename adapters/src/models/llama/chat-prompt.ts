import { randomUUID } from 'node:crypto';
import { withoutUndefined, type Message, type ToolDefinition } from '@heddle/core';
import { type LlamaModel, type Token } from 'node-llama-cpp';
import type { TemplateInput } from './tool-messages.js';
import { openTemplate } from './chat-template.js';
import type { ToolStyle } from './tool-style.js';

/** A conversation as tokens of a model. */
export interface ChatPrompt {
  readonly tokens: readonly Token[];
  /** Whether the template has opened a thought at the end of the prompt. */
  readonly startsThinking: boolean;
}

/** Formats conversations for one model. */
export interface ChatFormat {
  write(
    messages: readonly Message[],
    options: { readonly thinks: boolean; readonly tools?: readonly ToolDefinition[] },
  ): ChatPrompt;
  readonly toolStyle: ToolStyle;
}

/** The template that llama.cpp itself uses for a model without one. */
const chatMl =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** Creates the chat format from the model's own chat template. Errors: `model_file_invalid`. */
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
      // Texts of a user that look like the model's control tokens must not work as such. Only if there are any, these texts and the
      // template are tokenized separately.
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
  /** The text that each mark stands for. */
  readonly contents: ReadonlyMap<string, string>;
}

/** Replaces each text that the model could take for its own control tokens by a mark. Other texts stay. */
function markDirty(input: TemplateInput, isDirty: (text: string) => boolean): Marked {
  const contents = new Map<string, string>();
  const mark = (text: string, written: string): string => {
    const id = randomUUID();
    contents.set(id, written);
    return id;
  };
  // In JSON, the text is written with escapes.
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

/** Changes every text in a JSON value, including the names of properties. */
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
