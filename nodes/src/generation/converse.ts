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
import { readCall } from './requested-call.js';
import { buildMessages, questionOf } from './build-messages.js';
import type { ChatConfig } from './chat-config.js';
import { fitPassages } from './fit-passages.js';
import { leavesOf, readJson } from './read-json.js';
import { streamText, type Generation } from './stream-text.js';

/** The inputs of a model call. */
export interface ChatInputs {
  readonly prompt?: string | undefined;
  readonly messages?: readonly Message[] | undefined;
  readonly passages?: readonly Passage[] | undefined;
  readonly image?: FileRef | undefined;
  readonly model?: string | undefined;
}

/** The outputs of a model call. */
export interface ChatOutputs extends Readonly<Record<string, unknown>> {
  readonly text: string;
}

/** Calls the model from the input, otherwise the model from the config. Errors: those of the model, `input_*`, `schema_*`. */
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
      ...(config.givesReasoning ? { reasoning: '' } : {}),
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
      `${left} of ${left + prompt.passages.length} passages do not fit into the context of the model and were left out`,
      { contextTokens: model.info.contextTokens },
    );

  const reasoningPort = config.givesReasoning ? 'reasoning' : undefined;
  const request = requestOf(config, model, prompt.messages);
  const generation = yield* streamText(model, request, 'text', context, { reasoningPort, mayWait: true });
  warn(generation, config, context);
  const isCalling = generation.calls.length > 0;
  const isGiven = generation.finishReason === 'length' && config.atLength === 'give';
  const json =
    config.schema === undefined || isCalling || isGiven
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
    ...(config.schema === undefined || isCalling || isGiven ? {} : { json }),
    ...(hasFunctions(config) ? { calls: generation.calls.map(readCall) } : {}),
    ...(config.givesReasoning ? { reasoning: generation.reasoning } : {}),
  };
}

/** The model from the input, otherwise the model from the config. */
export function chosenModel(config: Pick<ChatConfig, 'model'>, inputs: Pick<ChatInputs, 'model'>): string {
  const given = inputs.model?.trim() ?? '';
  return given === '' ? config.model : given;
}

/** Adds an image before the text of the last user message. */
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
      `The model '${model.info.id}' does not support a JSON schema: choose another model, or ask for JSON in the prompt and read it with a "set" or "code" node.`,
    );
  }
  if (hasImage(messages) && !model.info.supports.images) {
    throw new HeddleError(
      'provider_refused',
      `The model '${model.info.id}' does not support images: choose another model, or remove the image.`,
    );
  }
  if (hasFunctions(config) && !model.info.supports.tools) {
    throw new HeddleError(
      'provider_refused',
      `The model '${model.info.id}' does not support functions: choose another model, or remove the functions.`,
    );
  }
  const { temperature, maxTokens, topP, topK, seed, stop, reasoning, adapters } = config;
  return {
    messages,
    maxTokens,
    temperature,
    reasoning,
    topP,
    topK,
    seed,
    stop,
    schema: config.schema === undefined ? undefined : jsonObject(config.schema),
    ...functionsOf(config),
    adapters: adapters?.map(({ id, scale }) => ({ id, scale })),
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
    toolChoice,
    parallelToolCalls,
  };
}

const hasImage = (messages: readonly Message[]): boolean =>
  messages.some(({ content }) => typeof content !== 'string' && content.some(({ type }) => type === 'image'));

function warn({ finishReason, text, calls }: Generation, config: ChatConfig, context: NodeContext): void {
  if (finishReason === 'length')
    context.log.warn(`The answer was cut off after ${config.maxTokens} tokens: raise 'Max tokens' for longer answers`);
  if (finishReason === 'content-filter') context.log.warn('The provider withheld part of the answer');
  if (text === '' && calls.length === 0) context.log.warn('The model wrote nothing');
}

/** A schema from a document is JSON. The copy makes it a plain object that can be sent to a model host. */
function jsonObject(schema: Readonly<Record<string, unknown>>): JsonObject {
  const copy: unknown = JSON.parse(JSON.stringify(schema));
  if (!isPlainObject(copy)) throw new HeddleError('schema_unsupported', 'The JSON schema must be an object.');
  return copy as JsonObject;
}
