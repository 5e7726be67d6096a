import { HeddleError } from '../errors/heddle-error.js';
import type { Destination } from '../ports/destination.js';
import type { Embedder, Tokenizer } from '../ports/models/embedding.js';
import type {
  FinishReason,
  GenerateEvent,
  GenerateRequest,
  LanguageModel,
  LanguageModelInfo,
} from '../ports/models/language-model.js';
import type { Message } from '../values/values.js';

/** The behaviour of the fake language model for one request. A string is the generated text. */
export type FakeReply =
  | string
  | {
      /** The text, or its deltas in order. */
      readonly text?: string | readonly string[];
      readonly reasoning?: string;
      readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
      /** Queue positions to report before it starts. */
      readonly waiting?: readonly number[];
      /** Thrown after the text. */
      readonly error?: HeddleError;
      /** Whether it hangs after the text until the call is aborted. */
      readonly hangs?: boolean;
      readonly finishReason?: FinishReason;
    };

/** Replies in order, with the last one repeated; or a function of the request. */
export type FakeScript = readonly FakeReply[] | ((request: GenerateRequest, call: number) => FakeReply);

/** A fake language model that records its requests. */
export interface FakeLanguageModel extends LanguageModel {
  readonly requests: readonly GenerateRequest[];
}

/** Options of a fake language model. */
export interface FakeLanguageModelOptions {
  readonly id?: string;
  readonly contextTokens?: number;
  readonly destination?: Destination;
  readonly supports?: Partial<LanguageModelInfo['supports']>;
}

const local: Destination = { name: 'local', clearance: 'restricted', isLocal: true };

/**
 * Creates a language model that follows a script. Its tokens are words. It supports `maxTokens`, `stop`, the context limit and abort
 * signals.
 *
 * @example const model = createFakeLanguageModel(['Paris.']);
 */
export function createFakeLanguageModel(script: FakeScript, options: FakeLanguageModelOptions = {}): FakeLanguageModel {
  const requests: GenerateRequest[] = [];
  const info: LanguageModelInfo = {
    id: options.id ?? 'fake',
    contextTokens: options.contextTokens ?? 2048,
    supports: { schema: true, tools: true, images: false, ...options.supports },
    destination: options.destination ?? local,
  };
  return {
    info,
    requests,
    generate: (request, { signal }) => {
      requests.push(request);
      const reply =
        typeof script === 'function'
          ? script(request, requests.length - 1)
          : script[Math.min(requests.length, script.length) - 1];
      return play(info, request, reply ?? '', signal);
    },
    countTokens: async (messages) => Promise.resolve(countWords(messages)),
  };
}

async function* play(
  info: LanguageModelInfo,
  request: GenerateRequest,
  scripted: FakeReply,
  signal: AbortSignal,
): AsyncGenerator<GenerateEvent> {
  const reply = typeof scripted === 'string' ? { text: scripted } : scripted;
  const inputTokens = countWords(request.messages);
  if (signal.aborted) throw stopped(info.id);
  if (inputTokens >= info.contextTokens) {
    throw new HeddleError(
      'context_too_long',
      `The prompt has ${inputTokens} tokens, but model '${info.id}' supports ${info.contextTokens}: shorten the prompt.`,
      {
        details: { model: info.id, inputTokens, contextTokens: info.contextTokens },
      },
    );
  }
  for (const position of reply.waiting ?? []) yield { type: 'waiting', position };
  yield { type: 'started' };
  if (reply.reasoning !== undefined) yield { type: 'reasoning', text: reply.reasoning };
  const written = cut(reply.text ?? '', request.stop ?? [], request.maxTokens ?? Number.POSITIVE_INFINITY);
  for (const text of written.pieces) {
    // Lets other work run, like a real model between deltas.
    await Promise.resolve();
    if (signal.aborted) throw stopped(info.id);
    yield { type: 'text', text };
  }
  for (const call of reply.toolCalls ?? []) yield { type: 'tool-call', ...call };
  if (reply.hangs === true) await abortOf(signal, info.id);
  if (reply.error !== undefined) throw reply.error;
  const outputTokens = words(written.pieces.join('')).length;
  const finishReason = written.isCut
    ? 'length'
    : (reply.finishReason ?? ((reply.toolCalls ?? []).length > 0 ? 'tool-calls' : 'stop'));
  yield {
    type: 'end',
    finishReason,
    usage: { inputTokens, outputTokens, firstTokenMs: 0, totalMs: 0 },
    model: info.id,
  };
}

/** Truncates the text at the first stop string or at the last allowed token, and keeps its deltas. */
function cut(
  text: string | readonly string[],
  stop: readonly string[],
  maxTokens: number,
): { pieces: readonly string[]; isCut: boolean } {
  const pieces = typeof text === 'string' ? (text.match(/\s*\S+\s*$|\s*\S+/g) ?? [text]) : text;
  const whole = pieces.join('');
  const stops = stop.map((entry) => whole.indexOf(entry)).filter((index) => index >= 0);
  const stopAt = Math.min(whole.length, ...stops);
  const lastWord = [...whole.slice(0, stopAt).matchAll(/\S+/g)][maxTokens - 1];
  const tokenEnd = lastWord === undefined ? stopAt : lastWord.index + lastWord[0].length;
  const isCut = lastWord !== undefined && words(whole.slice(0, stopAt)).length > maxTokens;
  const end = isCut ? tokenEnd : stopAt;
  const kept: string[] = [];
  let start = 0;
  for (const piece of pieces) {
    if (start < end && piece !== '') kept.push(piece.slice(0, end - start));
    start += piece.length;
  }
  return { pieces: kept, isCut };
}

function abortOf(signal: AbortSignal, id: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(stopped(id));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

const stopped = (id: string): HeddleError => new HeddleError('aborted', `The generation of model '${id}' was stopped.`);

const words = (text: string): readonly string[] => text.match(/\S+/g) ?? [];

function countWords(messages: readonly Message[]): number {
  let count = 0;
  for (const { content } of messages) {
    const texts =
      typeof content === 'string' ? [content] : content.map((part) => (part.type === 'text' ? part.text : ''));
    for (const text of texts) count += words(text).length;
    count += 2; // for the chat template around each message
  }
  return count;
}

/** Options of a fake embedder. */
export interface FakeEmbedderOptions {
  readonly id?: string;
  readonly dimensions?: number;
  readonly maxTokens?: number;
  readonly destination?: Destination;
}

/**
 * Creates an embedder that hashes words: texts with common words are close to each other, and equal texts have equal vectors.
 *
 * @example const [vector] = await createFakeEmbedder().embed(['a text'], { kind: 'passage' });
 */
export function createFakeEmbedder(options: FakeEmbedderOptions = {}): Embedder {
  const dimensions = options.dimensions ?? 64;
  const maxTokens = options.maxTokens ?? 256;
  const id = options.id ?? 'fake-embedder';
  return {
    id,
    dimensions,
    maxTokens,
    destination: options.destination ?? local,
    async embed(texts, { signal, onProgress, onUsage, tooLong = 'cut' }) {
      const vectors: Float32Array[] = [];
      const tokens = texts.map((text) => words(text).length);
      const long = tooLong === 'refuse' ? tokens.findIndex((count) => count > maxTokens) : -1;
      if (long >= 0)
        throw new HeddleError(
          'context_too_long',
          `Text ${long + 1} is too long: '${id}' supports ${maxTokens} tokens.`,
          {
            details: { model: id, input: 'input', text: long + 1, inputTokens: tokens[long], contextTokens: maxTokens },
          },
        );
      for (const text of texts) {
        await Promise.resolve();
        if (signal?.aborted === true) throw stopped(id);
        vectors.push(hashWords(text, dimensions, maxTokens));
        onProgress?.(vectors.length);
      }
      onUsage?.({ inputTokens: tokens.reduce((sum, count) => sum + Math.min(count, maxTokens), 0) });
      return vectors;
    },
  };
}

function hashWords(text: string, dimensions: number, maxTokens: number): Float32Array {
  const vector = new Float32Array(dimensions);
  // The vector of an empty text must not be zero.
  vector[0] = 1e-3;
  for (const word of (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, maxTokens)) {
    const index = hash(word) % dimensions;
    vector[index] = (vector[index] ?? 0) + 1;
  }
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

/** FNV-1a. */
function hash(word: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < word.length; index += 1) value = Math.imul(value ^ word.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

/** Creates a tokenizer whose tokens are words. */
export function createFakeTokenizer(id = 'fake-tokenizer'): Tokenizer {
  return {
    id,
    count: (text) => words(text).length,
    offsets: (text) => [...text.matchAll(/\S+/g)].map((match) => [match.index, match.index + match[0].length] as const),
  };
}
