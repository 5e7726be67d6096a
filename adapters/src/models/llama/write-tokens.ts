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
  /** The grammar that the text must follow. */
  readonly grammar: LlamaGrammarEvaluationState | undefined;
  readonly toolStyle: ToolStyle;
  /** Creates the grammar for tool calls, when the first one begins. */
  readonly toolGrammar: () => Promise<LlamaGrammarEvaluationState>;
  /** The number of prompt tokens in a batch. An abort waits at most for one batch. */
  readonly chunkTokens: number;
  readonly signal: AbortSignal;
  readonly emit: (event: LlamaEvent) => void;
  readonly startedAt: number;
}

/** Figures for all parts of an answer so far. */
export interface Written {
  outputTokens: number;
  firstTokenMs: number;
  finishReason: LlamaEnd['finishReason'];
}

/**
 * Generates tokens after the given ones and counts them. Ends when the model ends, or at the limit, with the finish reason `length`. Tokens
 * that the sequence already has must equal the beginning of `tokens`.
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
  // At least the last token is evaluated again, because the next token is computed from it.
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

const mostTokensOfCharacter = 8;

/**
 * Converts tokens into text, and holds a character back until all of its tokens are there. A control token becomes text only if `shows`
 * accepts it.
 */
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
