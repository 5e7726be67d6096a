import { HeddleError } from '@heddle/core';
import type { LlamaContextSequence, LlamaGrammarEvaluationState, LlamaModel, Token } from 'node-llama-cpp';
import type { ChatPrompt } from './chat-prompt.js';
import type { GenerateCall, LlamaEnd, LlamaEvent } from './protocol.js';
import type { ToolStyle } from './tool-style.js';

export interface GenerationOptions {
  readonly model: LlamaModel;
  readonly sequence: LlamaContextSequence;
  readonly prompt: ChatPrompt;
  readonly call: GenerateCall;
  /** What the text must follow. */
  readonly grammar: LlamaGrammarEvaluationState | undefined;
  readonly toolStyle: ToolStyle;
  /** What calls of tools must follow, made when the first one begins. */
  readonly toolGrammar: () => Promise<LlamaGrammarEvaluationState>;
  /** Prompt tokens of one batch: what an abort may have to wait for. */
  readonly chunkTokens: number;
  readonly signal: AbortSignal;
  readonly emit: (event: LlamaEvent) => void;
  readonly startedAt: number;
}

/** What was written so far, in all parts of an answer. */
export interface Written {
  outputTokens: number;
  firstTokenMs: number;
  finishReason: LlamaEnd['finishReason'];
}

/**
 * Goes on after the tokens as the model does, and counts. Ends where the model ends, or at the limit, which is then the reason.
 * What the sequence holds must begin like the tokens.
 */
export async function* writeTokens(
  options: GenerationOptions,
  written: Written,
  tokens: readonly Token[],
  grammar: LlamaGrammarEvaluationState | undefined,
): AsyncGenerator<Token> {
  const { sequence, call, signal } = options;
  let room = Math.min((call.maxTokens ?? Infinity) - written.outputTokens, sequence.contextSize - tokens.length);
  if (room <= 0) {
    written.finishReason = 'length';
    return;
  }
  // The last token at least is read: what follows it comes from there.
  const known = Math.min(sequence.nextTokenIndex, tokens.length - 1);
  if (known < sequence.nextTokenIndex)
    await sequence.eraseContextTokenRanges([{ start: known, end: sequence.nextTokenIndex }]);
  for await (const token of sequence.evaluate(tokens.slice(sequence.nextTokenIndex), sampling(options, grammar))) {
    if (signal.aborted) throw aborted(call.id);
    written.outputTokens += 1;
    if (written.outputTokens === 1) written.firstTokenMs = performance.now() - options.startedAt;
    yield token;
    room -= 1;
    if (room <= 0) {
      written.finishReason = 'length';
      return;
    }
  }
  if (signal.aborted) throw aborted(call.id);
}

type SamplingOptions = NonNullable<Parameters<LlamaContextSequence['evaluate']>[1]>;

function sampling({ call }: GenerationOptions, grammar: LlamaGrammarEvaluationState | undefined): SamplingOptions {
  return {
    temperature: call.temperature ?? 0.7,
    topP: call.topP,
    topK: call.topK,
    seed: call.seed === undefined ? undefined : call.seed >>> 0,
    grammarEvaluationState: grammar,
  };
}

/** The most tokens that one character may consist of. */
const mostTokensOfCharacter = 8;

/** Converts tokens into text, holding back a character until all of its tokens are there. Of control tokens those are text that `shows` takes. */
export function createDecoder(model: LlamaModel, shows?: (text: string) => boolean): (token: Token) => string {
  let pending: Token[] = [];
  let before: readonly Token[] = [];
  return (token) => {
    if (shows !== undefined && model.isSpecialToken(token)) {
      const written = model.detokenize([token], true);
      if (shows(written)) return written;
    }
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
