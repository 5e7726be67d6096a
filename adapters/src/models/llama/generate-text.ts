import { randomUUID } from 'node:crypto';
import type { Token } from 'node-llama-cpp';
import type { LlamaEnd, LlamaEvent } from './protocol.js';
import { TextStream } from './text-stream.js';
import { endsInRepetition, readCalls } from './tool-grammar.js';
import { aborted, createDecoder, writeTokens, type GenerationOptions, type Written } from './write-tokens.js';

/**
 * Evaluates the prompt and generates the answer, token by token.
 *
 * The answer to a request does not depend on earlier requests: a prompt is evaluated in chunks that begin at multiples of the chunk size,
 * and the state of an earlier prompt is reused in whole chunks only.
 */
export async function generateText(given: GenerationOptions): Promise<LlamaEnd> {
  const { later, rest } = sendLater(given.emit);
  const options = { ...given, emit: later };
  const cachedTokens = await readPrompt(options);
  given.emit({ type: 'started' });
  const written: Written = { outputTokens: 0, firstTokenMs: 0, finishReason: 'stop' };
  try {
    if (options.call.tools?.isRequired === true) await writeCalls(options, written, { tokens: [], text: '' });
    else {
      const before = await writeText(options, written);
      if (before !== undefined) await writeCalls(options, written, before);
    }
  } finally {
    rest();
  }
  const inputTokens = options.prompt.tokens.length;
  return { ...written, inputTokens, cachedTokens, totalMs: performance.now() - options.startedAt };
}

/** Emits new text while the next token is computed. Emitting it at once would delay that token by a tenth of a millisecond. */
function sendLater(emit: GenerationOptions['emit']): {
  readonly later: GenerationOptions['emit'];
  readonly rest: () => void;
} {
  let kept: LlamaEvent[] = [];
  const rest = (): void => {
    const events = kept;
    kept = [];
    events.forEach(emit);
  };
  return {
    later: (event) => {
      if (kept.push(event) === 1) setImmediate(rest);
    },
    rest,
  };
}

/**
 * Evaluates all chunks except the last one, whose evaluation gives the first token. Returns the number of tokens that were already in the
 * sequence.
 */
async function readPrompt({ sequence, prompt, chunkTokens, signal, call }: GenerationOptions): Promise<number> {
  const tokens = [...prompt.tokens];
  const lastChunk = Math.floor((tokens.length - 1) / chunkTokens) * chunkTokens;
  const shared = sequence.compareContextTokens(tokens).firstDifferentIndex;
  const kept = Math.min(Math.floor(shared / chunkTokens) * chunkTokens, lastChunk);
  if (kept === 0) await sequence.clearHistory();
  else await sequence.eraseContextTokenRanges([{ start: kept, end: sequence.nextTokenIndex }]);
  // Some models cannot erase a part of their state exactly and erase more than requested.
  const from =
    sequence.nextTokenIndex % chunkTokens === 0 && sequence.nextTokenIndex <= kept ? sequence.nextTokenIndex : 0;
  if (from !== sequence.nextTokenIndex) await sequence.clearHistory();
  for (let start = from; start < lastChunk; start += chunkTokens) {
    if (signal.aborted) throw aborted(call.id);
    await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(start, start + chunkTokens));
  }
  return from;
}

/** The generated text before a call: its complete tokens, and the remaining text. */
interface BeforeCall {
  readonly tokens: readonly Token[];
  readonly text: string;
}

/** Generates text until the model ends or begins a tool call. Returns the text before the call, or undefined if there is no call. */
async function writeText(options: GenerationOptions, written: Written): Promise<BeforeCall | undefined> {
  const { model, call, emit, prompt, toolStyle } = options;
  const opener = call.tools === undefined ? undefined : toolStyle.opener;
  const stream = new TextStream(call.stop, prompt.startsThinking, opener);
  const decode = createDecoder(model, opener === undefined ? undefined : (text) => text === opener.text);
  const tokens: { readonly token: Token; readonly end: number }[] = [];
  let all = '';
  for await (const token of writeTokens(options, written, prompt.tokens, options.grammar)) {
    const text = decode(token);
    if (opener !== undefined) {
      all += text;
      tokens.push({ token, end: all.length });
    }
    if (text !== '') stream.push(text).forEach(emit);
    if (stream.isStopped) break;
  }
  stream.end().forEach(emit);
  if (opener === undefined || !stream.isCalling) return undefined;
  const begin = all.lastIndexOf(opener.text);
  const kept = tokens.filter(({ end }) => end <= begin);
  return { tokens: kept.map(({ token }) => token), text: all.slice(kept.at(-1)?.end ?? 0, begin) };
}

/** Generates calls under their grammar, and emits those that are complete. */
async function writeCalls(options: GenerationOptions, written: Written, before: BeforeCall): Promise<void> {
  const { model, prompt, toolStyle, emit } = options;
  const grammar = await options.toolGrammar();
  const begun = [...prompt.tokens, ...before.tokens, ...model.tokenize(before.text + toolStyle.prefix, true)];
  const decode = createDecoder(model, () => true);
  let text = '';
  written.finishReason = 'stop';
  for await (const token of writeTokens(options, written, begun, grammar)) {
    text += decode(token);
    if (endsInRepetition(text, toolStyle)) break;
  }
  const calls = readCalls(text, toolStyle);
  if (calls.length === 0) return;
  for (const { name, arguments: given } of calls)
    emit({ type: 'tool-call', id: `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`, name, arguments: given });
  written.finishReason = 'tool-calls';
}
