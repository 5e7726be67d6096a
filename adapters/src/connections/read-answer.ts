import {
  HeddleError,
  type Clock,
  type FinishReason,
  type GenerateEvent,
  type GenerateRequest,
  type Usage,
} from '@heddle/core';
import type { ProviderEvent, ProviderUsage } from './provider.js';
import { countMessages } from './shared/count-messages.js';
import { estimateTokens } from './shared/estimate-tokens.js';
import type { Exchange } from './shared/exchange.js';
import { createStopFilter } from './shared/stop-filter.js';

export interface Answer {
  readonly finishReason: FinishReason;
  readonly usage: Usage;
  readonly text: string;
  readonly firstAt: number | undefined;
}

export type Piece = Extract<GenerateEvent, { readonly type: 'text' | 'reasoning' | 'tool-call' }>;

/** Converts the events of a provider into text, complete tool calls and one end. */
export async function* readAnswer(
  events: AsyncIterable<ProviderEvent>,
  request: GenerateRequest,
  exchange: Pick<Exchange, 'check' | 'toError'>,
  clock: Pick<Clock, 'now'>,
): AsyncGenerator<Piece, Answer> {
  const stops = createStopFilter(request.stop ?? []);
  const calls: Extract<Piece, { readonly type: 'tool-call' }>[] = [];
  let text = '';
  let firstAt: number | undefined;
  let finish: FinishReason | undefined;
  let counted: ProviderUsage | undefined;
  const give = function* (piece: string): Generator<Piece> {
    if (piece === '') return;
    text += piece;
    yield { type: 'text', text: piece };
  };
  try {
    for await (const event of events) {
      if (event.type !== 'usage' && event.type !== 'finish') firstAt ??= clock.now();
      if (event.type === 'text') yield* give(stops.push(event.text));
      else if (event.type === 'reasoning') {
        if (event.text !== '') yield event;
      } else if (event.type === 'tool-call') calls.push(event);
      else if (event.type === 'usage') counted = event.usage;
      else finish = event.reason;
      if (stops.isStopped) break;
    }
    if (!stops.isStopped) exchange.check();
  } catch (thrown) {
    const error = exchange.toError(thrown);
    // Once a reply has its finish reason, it can only lack its usage.
    if (finish === undefined || error.code !== 'stream_incomplete') throw error;
  }
  if (stops.isStopped) finish = 'stop';
  else yield* give(stops.rest());
  if (finish === undefined && text === '' && calls.length === 0)
    throw new HeddleError('stream_incomplete', 'The provider ended its reply without an answer and without a reason.');
  // An incomplete tool call is never passed on.
  if (finish !== undefined && finish !== 'incomplete')
    for (const call of calls) if (finish !== 'length' || isWhole(call.arguments)) yield call;
  return { finishReason: finishOf(finish, calls.length), text, usage: usageOf(counted, request, text), firstAt };
}

function finishOf(finish: FinishReason | undefined, calls: number): FinishReason {
  if (finish === 'stop' && calls > 0) return 'tool-calls';
  return finish ?? 'incomplete';
}

function isWhole(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}

function usageOf(counted: ProviderUsage | undefined, request: GenerateRequest, text: string): Usage {
  if (counted === undefined)
    return { inputTokens: countMessages(request.messages), outputTokens: estimateTokens(text) };
  const { inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens } = counted;
  return { inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens };
}
