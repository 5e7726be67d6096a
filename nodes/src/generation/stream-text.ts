import {
  HeddleError,
  type Delta,
  type FinishReason,
  type GenerateRequest,
  type LanguageModel,
  type NodeContext,
  type Usage,
} from '@heddle/core';
import type { RequestedCall } from './requested-call.js';

export interface Generation {
  readonly text: string;
  /** The reasoning of the model before its answer, if the model shows it. */
  readonly reasoning: string;
  readonly finishReason: FinishReason;
  readonly usage: Usage;
  readonly model: string;
  /** The function calls that the model requested. */
  readonly calls: readonly RequestedCall[];
}

/**
 * Generates text: yields it on a port while it arrives, without spaces at its ends, and reports waiting and usage. If a reasoning port is
 * named, the reasoning of the model is yielded there. `mayWait`: see `GenerateOptions`.
 * Errors: `stream_incomplete` if the stream of the model ends early, and those of the model.
 */
export async function* streamText(
  model: LanguageModel,
  request: GenerateRequest,
  port: string,
  context: NodeContext,
  how: { readonly reasoningPort?: string | undefined; readonly mayWait?: boolean } = {},
): AsyncGenerator<Delta, Generation, void> {
  const { reasoningPort, mayWait = false } = how;
  const limit = `model:${model.info.id}`;
  let text = '';
  let reasoning = '';
  const calls: RequestedCall[] = [];
  const trim = createTrim();
  let isThinking = false;
  for await (const event of model.generate(request, { signal: context.signal, mayWait })) {
    switch (event.type) {
      case 'waiting':
        context.waiting({ limit, position: event.position });
        break;
      case 'started':
        context.waiting(undefined);
        break;
      case 'retrying':
        context.progress({
          message: `${event.reason}; retrying`,
          details: { dueAt: event.dueAt, attempt: event.attempt },
        });
        break;
      case 'reasoning':
        if (!isThinking) context.progress({ message: 'The model is reasoning' });
        isThinking = true;
        if (reasoningPort === undefined || event.text === '') break;
        reasoning += event.text;
        yield { port: reasoningPort, delta: event.text };
        break;
      case 'tool-call':
        if ((request.tools ?? []).length > 0)
          calls.push({ id: event.id, name: event.name, arguments: event.arguments });
        else context.log.warn(`The model called the tool '${event.name}', but this node has no tools`);
        break;
      case 'text': {
        const delta = trim(event.text);
        if (delta === '') break;
        text += delta;
        yield { port, delta };
        break;
      }
      case 'end':
        if (event.finishReason === 'incomplete') throw incomplete(model.info.id, text);
        context.report({ ...event.usage, model: event.model });
        return { text, reasoning, calls, finishReason: event.finishReason, usage: event.usage, model: event.model };
    }
  }
  throw incomplete(model.info.id, text);
}

/** Creates a function that removes spaces at both ends of a streamed text: it holds spaces back until more text arrives. */
export function createTrim(): (piece: string) => string {
  let hasText = false;
  let space = '';
  return (piece) => {
    const arrived = hasText ? space + piece : piece.trimStart();
    const delta = arrived.trimEnd();
    space = arrived.slice(delta.length);
    hasText ||= delta !== '';
    return delta;
  };
}

function incomplete(model: string, text: string): HeddleError {
  return new HeddleError(
    'stream_incomplete',
    `The answer of '${model}' ended early, after ${text.length} characters: retry.`,
  );
}
