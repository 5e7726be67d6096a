import { randomUUID } from 'node:crypto';
import { HeddleError, type Message } from '@heddle/core';
import { Template } from '@huggingface/jinja';
import { type LlamaModel, type Token } from 'node-llama-cpp';

/** A conversation as the model reads it. */
export interface ChatPrompt {
  readonly tokens: readonly Token[];
  /** The template has opened a thought at the end of the prompt. */
  readonly startsThinking: boolean;
}

/** Writes conversations in the form that one model was trained on. */
export type ChatFormat = (messages: readonly Message[], options: { readonly thinks: boolean }) => ChatPrompt;

/** What llama.cpp itself uses for a model without a template of its own. */
const chatMl =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** Reads the model's own chat template. Errors: `model_file_invalid`. */
export function createChatFormat(model: LlamaModel): ChatFormat {
  const source = model.fileInfo.metadata.tokenizer.chat_template ?? chatMl;
  let template: Template;
  try {
    template = new Template(source);
  } catch (error) {
    throw new HeddleError('model_file_invalid', 'The chat template in the model file cannot be read.', {
      cause: error,
    });
  }
  const { bosString, eosString, bos, shouldPrependBosToken } = model.tokens;
  const render = (messages: readonly PlainMessage[], thinks: boolean): string =>
    template.render({
      messages,
      add_generation_prompt: true,
      enable_thinking: thinks,
      bos_token: bosString ?? '',
      eos_token: eosString ?? '',
    });
  return (messages, { thinks }) => {
    const plain = messages.map(plainMessage);
    const text = renderChecked(() => render(plain, thinks));
    // Words of the user that are the model's own control tokens must not act as such: only then text and frame are read apart.
    const isDirty = plain.some(({ content }) =>
      model.tokenize(content, true).some((token) => model.isSpecialToken(token)),
    );
    const tokens = isDirty
      ? tokenizeApart(model, plain, (marked) => renderChecked(() => render(marked, thinks)))
      : model.tokenize(text, true);
    const needsStart = shouldPrependBosToken && bos !== null && tokens[0] !== bos;
    return { tokens: needsStart ? [bos, ...tokens] : tokens, startsThinking: text.trimEnd().endsWith('<think>') };
  };
}

interface PlainMessage {
  readonly role: string;
  readonly content: string;
}

function plainMessage({ role, content }: Message): PlainMessage {
  if (typeof content === 'string') return { role, content };
  const texts = content.map((part) => {
    if (part.type === 'text') return part.text;
    throw new HeddleError(
      'model_wrong_kind',
      `This model reads text only: the conversation has a part of type '${part.type}'.`,
    );
  });
  return { role, content: texts.join('\n') };
}

function renderChecked(render: () => string): string {
  try {
    return render();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HeddleError('bad_request', `The model's chat template does not take this conversation: ${reason}`, {
      cause: error,
    });
  }
}

function tokenizeApart(
  model: LlamaModel,
  messages: readonly PlainMessage[],
  render: (messages: readonly PlainMessage[]) => string,
): Token[] {
  const contents = new Map<string, string>(messages.map(({ content }) => [randomUUID(), content]));
  const marks = [...contents.keys()];
  const frame = render(messages.map(({ role }, index) => ({ role, content: marks[index] ?? '' })));
  return frame.split(new RegExp(`(${marks.join('|')})`)).flatMap((piece) => {
    const content = contents.get(piece);
    return content === undefined ? model.tokenize(piece, true) : model.tokenize(content, false, 'trimLeadingSpace');
  });
}
