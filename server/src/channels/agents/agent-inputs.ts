import {
  chatInputOf,
  chatOutputOf,
  HeddleError,
  isPlainObject,
  type Blobs,
  type Message,
  type PlanInterface,
} from '@heddle/core';
import { storeDataUrls } from '../../files/store-data-urls.js';
import type { ChatMessage } from '../openai/chat-request.js';
import { lastUserText, readMessages } from '../openai/read-messages.js';

/** The contents that a client of an agent protocol sends for a run. */
export interface AgentContent {
  /** The conversation so far; the last user message is the newest one. */
  readonly messages: readonly ChatMessage[];
  /** Values by the name of the input; members without an input are ignored. */
  readonly values: unknown;
  /** Files of the newest message, as data URLs. */
  readonly files: readonly string[];
}

/** The inputs of a run, and the name of the output with its answer. */
interface AgentInputs {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly output: string | undefined;
}

/** What a workflow has from the thread. */
interface AgentMemory {
  /** The messages before those of the client. */
  readonly history: readonly Message[];
  /** Whether nodes of the workflow read the thread themselves. */
  readonly readsThread: boolean;
}

/**
 * Maps the contents of a client to the inputs of a workflow: first values by name, then the messages or the text of the user, then the
 * files. If the workflow reads the thread itself, it gets only the newest messages. Errors: `bad_request`, `input_type`.
 */
export async function agentInputs(
  content: AgentContent,
  plan: PlanInterface,
  blobs: Blobs,
  { history, readsThread }: AgentMemory,
): Promise<AgentInputs> {
  const values = isPlainObject(content.values) ? content.values : {};
  const inputs: Record<string, unknown> = {};
  for (const name of Object.keys(plan.inputs)) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined && value !== null) inputs[name] = value;
  }
  const open = Object.fromEntries(Object.entries(plan.inputs).filter(([name]) => !Object.hasOwn(inputs, name)));
  const chat = chatInputOf(open);
  if (chat !== undefined && content.messages.length > 0) {
    const messages = await readMessages(readsThread ? newest(content.messages) : content.messages, blobs);
    inputs[chat.name] = chat.kind === 'messages' ? [...history, ...messages] : textOf(messages);
  }
  // A text input cannot contain pictures, so they count as files.
  const files = chat?.kind === 'messages' ? content.files : [...picturesOf(content.messages), ...content.files];
  if (files.length > 0) takeFiles(files, open, inputs);
  return { inputs: await storeDataUrls(inputs, plan, blobs), output: chatOutputOf(plan.outputs) };
}

/** The messages after the last answer of the assistant. */
function newest(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  return messages.slice(messages.findLastIndex(({ role }) => role === 'assistant') + 1);
}

const textOf = (messages: readonly Message[]): string | undefined =>
  messages.some(({ role }) => role === 'user') ? lastUserText(messages) : undefined;

/** The pictures in the newest message, as data URLs. */
function picturesOf(messages: readonly ChatMessage[]): readonly string[] {
  const content = messages.findLast(({ role }) => role === 'user')?.content;
  if (!Array.isArray(content)) return [];
  return content.flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : []));
}

/** Gives the files of a message to the one input that takes files. */
function takeFiles(files: readonly string[], open: PlanInterface['inputs'], inputs: Record<string, unknown>): void {
  const ports = Object.entries(open).filter(([, { type }]) => /^(?:File|Image)/.test(type));
  const [port, ...others] = ports;
  if (port === undefined || others.length > 0)
    throw new HeddleError(
      'bad_request',
      port === undefined
        ? 'The workflow takes no files: leave them out of the message.'
        : `The workflow has several inputs for files: send each file by the name of its input (${ports.map(([name]) => name).join(', ')}).`,
    );
  const [name, { type }] = port;
  const takesList = type.endsWith('[]');
  if (!takesList && files.length > 1)
    throw new HeddleError('input_type', `'${name}' takes one file, and the message has ${files.length}.`, {
      details: { input: name },
    });
  inputs[name] = takesList ? [...files] : files[0];
}
