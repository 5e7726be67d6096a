import {
  HeddleError,
  type Delta,
  type GenerateRequest,
  type LanguageModel,
  type NodeContext,
  type StepContext,
  type Usage,
} from '@heddle/core';
import type { AskedCall } from '../generation/asked-call.js';
import { seenStep } from '../generation/stream-step.js';
import { createTrim } from '../generation/stream-text.js';

/** One turn of a model: what it says and which tools it asks for. */
export interface ModelTurn {
  readonly text: string;
  readonly calls: readonly AskedCall[];
  readonly usage: Usage;
  readonly model: string;
  readonly ms: number;
}

/** Asks once, as a journaled step: a turn that was taken is never taken again. Errors: `stream_incomplete`, and the model's own. */
export function askModel(
  key: string,
  model: LanguageModel,
  request: GenerateRequest,
  context: NodeContext,
): Promise<ModelTurn> {
  return context.step(key, (step) => takeTurn(model, request, context, step, () => undefined));
}

/** The same, and what the model says is yielded on a port while it says it. */
export function hearModel(
  key: string,
  model: LanguageModel,
  request: GenerateRequest,
  port: string,
  context: NodeContext,
): AsyncGenerator<Delta, ModelTurn, void> {
  return seenStep(key, port, context, (tell, step) => takeTurn(model, request, context, step, tell));
}

async function takeTurn(
  model: LanguageModel,
  request: GenerateRequest,
  context: NodeContext,
  { signal, idempotencyKey }: StepContext,
  tell: (text: string) => void,
): Promise<ModelTurn> {
  const started = context.now();
  const calls: AskedCall[] = [];
  const trim = createTrim();
  let text = '';
  for await (const event of model.generate(request, { signal, idempotencyKey })) {
    if (event.type === 'waiting') context.waiting({ limit: `model:${model.info.id}`, position: event.position });
    else if (event.type === 'started') context.waiting(undefined);
    else if (event.type === 'text') {
      const delta = trim(event.text);
      text += delta;
      if (delta !== '') tell(delta);
    } else if (event.type === 'tool-call') calls.push({ id: event.id, name: event.name, arguments: event.arguments });
    else if (event.type === 'end' && event.finishReason !== 'incomplete') {
      context.report({ ...event.usage, model: event.model });
      // Calls of an answer that was cut off are whole only by accident: their arguments are checked like any other.
      return { text, calls, usage: event.usage, model: event.model, ms: context.now() - started };
    }
  }
  throw new HeddleError('stream_incomplete', `The answer of '${model.info.id}' ended early.`);
}
