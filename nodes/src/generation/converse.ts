import {
  HeddleError,
  isPlainObject,
  type Delta,
  type FileRef,
  type GenerateRequest,
  type JsonObject,
  type LanguageModel,
  type Message,
  type NodeContext,
  type Passage,
} from '@heddle/core';
import { cite } from '../citations/cite.js';
import { readCall } from './asked-call.js';
import { buildMessages, questionOf } from './build-messages.js';
import type { ChatConfig } from './chat-config.js';
import { fitPassages } from './fit-passages.js';
import { leavesOf, readJson } from './read-json.js';
import { streamText, type Generation } from './stream-text.js';

/** What a conversation is given. */
export interface ChatInputs {
  readonly prompt?: string | undefined;
  readonly messages?: readonly Message[] | undefined;
  readonly passages?: readonly Passage[] | undefined;
  readonly image?: FileRef | undefined;
  readonly model?: string | undefined;
}

export interface ChatOutputs extends Readonly<Record<string, unknown>> {
  readonly text: string;
}

/** Asks the model that the input names, else the one of the settings. Errors: the model's own, `input_*`, `schema_*`. */
export async function* converse(
  config: ChatConfig,
  inputs: ChatInputs,
  context: NodeContext,
): AsyncGenerator<Delta, ChatOutputs, void> {
  const messages = inputs.messages ?? [];
  const question = questionOf({ prompt: inputs.prompt, messages });
  if (inputs.passages?.length === 0 && config.nothingFound !== '' && config.schema === undefined) {
    yield { port: 'text', delta: config.nothingFound };
    return {
      text: config.nothingFound,
      citations: [],
      usage: { inputTokens: 0, outputTokens: 0, finishReason: 'stop' },
      ...(hasFunctions(config) ? { calls: [] } : {}),
    };
  }
  const id = chosenModel(config, inputs);
  const model = await context.use('languageModel', id);
  const prompt = await fitPassages(model, inputs.passages ?? [], config.maxTokens, (passages) =>
    withImage(buildMessages({ ...config, prompt: inputs.prompt, messages, passages }), inputs.image),
  );
  const left = (inputs.passages?.length ?? 0) - prompt.passages.length;
  if (left > 0)
    context.log.warn(
      `${left} of ${left + prompt.passages.length} passages do not fit the model's context and were left out`,
      { contextTokens: model.info.contextTokens },
    );

  const generation = yield* streamText(model, requestOf(config, model, prompt.messages), 'text', context);
  warn(generation, config, context);
  const isCalling = generation.calls.length > 0;
  const json =
    config.schema === undefined || isCalling
      ? undefined
      : readJson(generation.text, config.schema, generation.finishReason === 'length');
  const citations = cite({
    answer: json === undefined ? generation.text : leavesOf(json),
    question,
    passages: prompt.passages,
  });
  return {
    text: generation.text,
    citations: [...citations],
    usage: { ...generation.usage, model: generation.model, finishReason: generation.finishReason },
    ...(config.schema === undefined || isCalling ? {} : { json }),
    ...(hasFunctions(config) ? { calls: generation.calls.map(readCall) } : {}),
  };
}

/** The model that a route chose, else the one of the settings. */
export function chosenModel(config: Pick<ChatConfig, 'model'>, inputs: Pick<ChatInputs, 'model'>): string {
  const given = inputs.model?.trim() ?? '';
  return given === '' ? config.model : given;
}

/** Puts an image before the last thing that the user says. */
function withImage(messages: readonly Message[], image: FileRef | undefined): readonly Message[] {
  if (image === undefined) return messages;
  const at = messages.findLastIndex(({ role }) => role === 'user');
  return messages.map((message, index) => {
    if (index !== at) return message;
    const said =
      typeof message.content === 'string' ? [{ type: 'text' as const, text: message.content }] : message.content;
    return { ...message, content: [{ type: 'image' as const, file: image }, ...said] };
  });
}

function requestOf(config: ChatConfig, model: LanguageModel, messages: GenerateRequest['messages']): GenerateRequest {
  if (config.schema !== undefined && !model.info.supports.schema) {
    throw new HeddleError(
      'schema_unsupported',
      `The model '${model.info.id}' cannot be held to a JSON schema: choose another model, or ask for JSON in the prompt and read it with a set or code node.`,
    );
  }
  if (hasImage(messages) && !model.info.supports.images) {
    throw new HeddleError(
      'provider_refused',
      `The model '${model.info.id}' reads no images: choose one that does, or leave the image away.`,
    );
  }
  if (hasFunctions(config) && !model.info.supports.tools) {
    throw new HeddleError(
      'provider_refused',
      `The model '${model.info.id}' cannot ask for functions: choose one that can, or take the functions out.`,
    );
  }
  const { temperature, maxTokens, topP, topK, seed, stop, reasoning, adapters } = config;
  return {
    messages,
    maxTokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stop }),
    ...(config.schema === undefined ? {} : { schema: jsonObject(config.schema) }),
    ...functionsOf(config),
    ...(adapters === undefined
      ? {}
      : { adapters: adapters.map(({ id, scale }) => ({ id, ...(scale === undefined ? {} : { scale }) })) }),
  };
}

const hasFunctions = ({ tools = [] }: ChatConfig): boolean => tools.length > 0;

function functionsOf(config: ChatConfig): Pick<GenerateRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'> {
  const { tools = [], toolChoice, parallelToolCalls } = config;
  if (tools.length === 0) return {};
  return {
    tools: tools.map(({ name, description, parameters }) => ({
      name,
      description,
      parameters: jsonObject(parameters),
    })),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    parallelToolCalls,
  };
}

const hasImage = (messages: readonly Message[]): boolean =>
  messages.some(({ content }) => typeof content !== 'string' && content.some(({ type }) => type === 'image'));

function warn({ finishReason, text, calls }: Generation, config: ChatConfig, context: NodeContext): void {
  if (finishReason === 'length')
    context.log.warn(`The answer was cut off after ${config.maxTokens} tokens: raise 'Max tokens' for longer ones`);
  if (finishReason === 'content-filter') context.log.warn('The provider held part of the answer back');
  if (text === '' && calls.length === 0) context.log.warn('The model wrote nothing');
}

/** A schema from a document is JSON already: this makes it plain, so that it can cross to a model host. */
function jsonObject(schema: Readonly<Record<string, unknown>>): JsonObject {
  const copy: unknown = JSON.parse(JSON.stringify(schema));
  if (!isPlainObject(copy)) throw new HeddleError('schema_unsupported', 'The JSON schema must be an object.');
  return copy as JsonObject;
}
