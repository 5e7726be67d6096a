import { HeddleError } from '@heddle/core';
import {
  LlamaGrammarEvaluationState,
  type LlamaContextSequence,
  type LlamaGrammar,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp';
import { type ChatPrompt } from './chat-prompt.js';
import { type GenerateCall, type LlamaEnd, type LlamaEvent } from './protocol.js';
import { createTextStream } from './text-stream.js';

export interface GenerationOptions {
  readonly model: LlamaModel;
  readonly sequence: LlamaContextSequence;
  readonly prompt: ChatPrompt;
  readonly call: GenerateCall;
  readonly grammar: LlamaGrammar | undefined;
  /** Prompt tokens of one batch: what an abort may have to wait for. */
  readonly chunkTokens: number;
  readonly signal: AbortSignal;
  readonly emit: (event: LlamaEvent) => void;
  readonly startedAt: number;
}

/** Tokens of which one character may consist, at most. */
const mostTokensOfCharacter = 8;

/**
 * Reads the prompt and writes the answer, one token after the other.
 *
 * The same request gives the same text whatever ran before it: a prompt is read in chunks that begin at multiples of the
 * chunk size, and what an earlier prompt left in the sequence is used again in whole chunks only.
 */
export async function generateText(options: GenerationOptions): Promise<LlamaEnd> {
  const { model, sequence, call, signal, emit } = options;
  const tokens = options.prompt.tokens;
  const cachedTokens = await readPrompt(options);
  emit({ type: 'started' });
  const most = Math.min(call.maxTokens ?? Number.POSITIVE_INFINITY, sequence.contextSize - tokens.length);
  const stream = createTextStream(call.stop, options.prompt.startsThinking);
  const state = { outputTokens: 0, firstTokenMs: 0, finishReason: 'stop' as LlamaEnd['finishReason'] };
  const decode = createDecoder(model);
  for await (const token of sequence.evaluate(tokens.slice(sequence.nextTokenIndex), sampling(options))) {
    if (signal.aborted) throw aborted(call.id);
    state.outputTokens += 1;
    if (state.outputTokens === 1) state.firstTokenMs = performance.now() - options.startedAt;
    const text = decode(token);
    if (text !== '') stream.push(text).forEach(emit);
    if (stream.isStopped) break;
    if (state.outputTokens >= most) {
      state.finishReason = 'length';
      break;
    }
  }
  if (signal.aborted) throw aborted(call.id);
  stream.end().forEach(emit);
  return { ...state, inputTokens: tokens.length, cachedTokens, totalMs: performance.now() - options.startedAt };
}

/** Evaluates all chunks but the last one, which gives the first token; returns how many tokens were there already. */
async function readPrompt({ sequence, prompt, chunkTokens, signal, call }: GenerationOptions): Promise<number> {
  const tokens = [...prompt.tokens];
  const lastChunk = Math.floor((tokens.length - 1) / chunkTokens) * chunkTokens;
  const shared = sequence.compareContextTokens(tokens).firstDifferentIndex;
  const kept = Math.min(Math.floor(shared / chunkTokens) * chunkTokens, lastChunk);
  if (kept === 0) await sequence.clearHistory();
  else await sequence.eraseContextTokenRanges([{ start: kept, end: sequence.nextTokenIndex }]);
  // A model that cannot give up a part of its state has forgotten more than asked.
  const from =
    sequence.nextTokenIndex % chunkTokens === 0 && sequence.nextTokenIndex <= kept ? sequence.nextTokenIndex : 0;
  if (from !== sequence.nextTokenIndex) await sequence.clearHistory();
  for (let start = from; start < lastChunk; start += chunkTokens) {
    if (signal.aborted) throw aborted(call.id);
    await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(start, start + chunkTokens));
  }
  return from;
}

type SamplingOptions = NonNullable<Parameters<LlamaContextSequence['evaluate']>[1]>;

function sampling({ call, grammar, model }: GenerationOptions): SamplingOptions {
  return {
    temperature: call.temperature ?? 0.7,
    ...(call.topP === undefined ? {} : { topP: call.topP }),
    ...(call.topK === undefined ? {} : { topK: call.topK }),
    ...(call.seed === undefined ? {} : { seed: call.seed >>> 0 }),
    ...(grammar === undefined ? {} : { grammarEvaluationState: new LlamaGrammarEvaluationState({ model, grammar }) }),
  };
}

/** Turns tokens into text, holding back a character until all of its tokens are there. */
function createDecoder(model: LlamaModel): (token: Token) => string {
  let pending: Token[] = [];
  let before: readonly Token[] = [];
  return (token) => {
    pending.push(token);
    const text = model.detokenize(pending, false, before);
    if (text.endsWith('\uFFFD') && pending.length < mostTokensOfCharacter) return '';
    before = [...before, ...pending].slice(-mostTokensOfCharacter);
    pending = [];
    return text;
  };
}

export function aborted(id: string): HeddleError {
  return new HeddleError('aborted', `The generation of model '${id}' was stopped.`);
}
