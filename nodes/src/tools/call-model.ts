import {
  HeddleError,
  type Delta,
  type GenerateRequest,
  type LanguageModel,
  type NodeContext,
  type StepContext,
  type Usage,
} from '@heddle/core';
import type { RequestedCall } from '../generation/requested-call.js';
import { streamingStep } from '../generation/stream-step.js';
import { createTrim } from '../generation/stream-text.js';

/** One turn of a model: its text and its tool calls. */
export interface ModelTurn {
  readonly text: string;
  readonly calls: readonly RequestedCall[];
  readonly usage: Usage;
  readonly model: string;
  readonly ms: number;
}

/** Calls the model once, as a step, so that a turn is never repeated. Errors: `stream_incomplete`, and those of the model. */
export function callModel(
  key: string,
  model: LanguageModel,
  request: GenerateRequest,
  context: NodeContext,
): Promise<ModelTurn> {
  return context.step(key, (step) => takeTurn(model, request, context, step, () => undefined));
}

/** Like `callModel`, but also yields the text of the model on a port while it arrives. */
export function readModelStream(
  key: string,
  model: LanguageModel,
  request: GenerateRequest,
  port: string,
  context: NodeContext,
): AsyncGenerator<Delta, ModelTurn, void> {
  return streamingStep(key, port, context, (onText, step) => takeTurn(model, request, context, step, onText));
}

async function takeTurn(
  model: LanguageModel,
  request: GenerateRequest,
  context: NodeContext,
  { signal, idempotencyKey }: StepContext,
  onText: (text: string) => void,
): Promise<ModelTurn> {
  const started = context.now();
  const calls: RequestedCall[] = [];
  const trim = createTrim();
  let text = '';
  for await (const event of model.generate(request, { signal, idempotencyKey })) {
    if (event.type === 'waiting') context.waiting({ limit: `model:${model.info.id}`, position: event.position });
    else if (event.type === 'started') context.waiting(undefined);
    else if (event.type === 'text') {
      const delta = trim(event.text);
      text += delta;
      if (delta !== '') onText(delta);
    } else if (event.type === 'tool-call') calls.push({ id: event.id, name: event.name, arguments: event.arguments });
    else if (event.type === 'end' && event.finishReason !== 'incomplete') {
      context.report({ ...event.usage, model: event.model });
      // Calls in a cut-off answer may be incomplete. Their arguments are checked like any others.
      return { text, calls, usage: event.usage, model: event.model, ms: context.now() - started };
    }
  }
  throw new HeddleError('stream_incomplete', `The answer of '${model.info.id}' ended early.`);
}
