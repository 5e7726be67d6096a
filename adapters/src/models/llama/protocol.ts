import { isPlainObject, Message, type JsonObject } from '@heddle/core';
import { z } from 'zod';
import { longTexts } from '../onnx/protocol.js';

const Adapter = z.object({ file: z.string(), scale: z.number() });
export type Adapter = z.infer<typeof Adapter>;

const CallableTools = z.object({
  list: z
    .array(z.object({ name: z.string(), description: z.string(), parameters: z.custom<JsonObject>(isPlainObject) }))
    .min(1),
  /** Whether the model must call a tool and may not answer with text. */
  isRequired: z.boolean(),
  /** Whether it may call several tools in one answer. */
  isParallel: z.boolean(),
});
type CallableTools = z.infer<typeof CallableTools>;

/** The parameters of the llama.cpp host's methods. */
export const llamaRequests = {
  load: z.object({
    id: z.string(),
    file: z.string(),
    task: z.enum(['generate', 'embed']),
    contextTokens: z.int().positive(),
    slots: z.int().positive(),
    queueLimit: z.int().nonnegative(),
    threads: z.int().positive(),
    parametersM: z.number().optional(),
  }),
  unload: z.object({ id: z.string() }),
  generate: z.object({
    id: z.string(),
    messages: z.array(Message),
    maxTokens: z.int().positive().optional(),
    temperature: z.number().min(0).optional(),
    topP: z.number().min(0).max(1).optional(),
    topK: z.int().nonnegative().optional(),
    seed: z.int().optional(),
    stop: z.array(z.string().min(1)),
    /** A grammar for the answer, made from a JSON schema. */
    grammar: z.string().optional(),
    tools: CallableTools.optional(),
    adapters: z.array(Adapter),
  }),
  count: z.object({ id: z.string(), messages: z.array(Message) }),
  embed: z.object({ id: z.string(), texts: z.array(z.string()), prefix: z.string(), ...longTexts }),
};
export type LoadRequest = z.infer<typeof llamaRequests.load>;
export type GenerateCall = z.infer<typeof llamaRequests.generate>;

/** What the host reports after loading a model. */
export const LlamaLoaded = z.object({
  contextTokens: z.int().positive(),
  slots: z.int().positive(),
  memoryMb: z.number(),
  device: z.string(),
  architecture: z.string(),
});
export type LlamaLoaded = z.infer<typeof LlamaLoaded>;

/** The events of a running generation. */
export const LlamaEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('waiting'), position: z.int().positive() }),
  z.object({ type: z.literal('started') }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('reasoning'), text: z.string() }),
  z.object({ type: z.literal('tool-call'), id: z.string(), name: z.string(), arguments: z.string() }),
]);
export type LlamaEvent = z.infer<typeof LlamaEvent>;

/** The result of a generation. */
export const LlamaEnd = z.object({
  finishReason: z.enum(['stop', 'length', 'tool-calls']),
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  cachedTokens: z.int().nonnegative(),
  firstTokenMs: z.number(),
  totalMs: z.number(),
});
export type LlamaEnd = z.infer<typeof LlamaEnd>;

/** A notice that the host sends by itself: the state of its models. */
export const LlamaNotice = z.object({
  device: z.string(),
  models: z.array(
    z.object({
      id: z.string(),
      slots: z.int(),
      slotsInUse: z.int(),
      waiting: z.int(),
      tokensPerSecond: z.number().optional(),
      firstTokenMs: z.number().optional(),
      contextUsed: z.int().nonnegative().optional(),
    }),
  ),
});
export type LlamaNotice = z.infer<typeof LlamaNotice>;
