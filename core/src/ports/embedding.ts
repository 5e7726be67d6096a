import type { Destination } from './destination.js';
import type { ModelFiles } from './language-model.js';
import type { TraceparentFor } from './trace.js';

/** Turns text into vectors. */
export interface Embedder extends ModelFiles {
  readonly id: string;
  /** Length of each vector. */
  readonly dimensions: number;
  /** Tokens it reads of a text; the rest is cut off, where `tooLong` does not refuse it. */
  readonly maxTokens: number;
  readonly destination: Destination;
  /**
   * One normalised vector (length `dimensions`, Euclidean norm 1) a text, in order.
   * `kind` chooses the prefix that some models want for queries and passages.
   */
  embed(texts: readonly string[], options: EmbedOptions): Promise<readonly Float32Array[]>;
}

export interface EmbedOptions {
  readonly kind: 'query' | 'passage';
  readonly signal?: AbortSignal;
  /** Called as texts are done. */
  readonly onProgress?: (done: number) => void;
  /** Called once, before the vectors are given: the tokens that the model was given for all texts, as its tokenizer counts them. */
  readonly onUsage?: (usage: { readonly inputTokens: number }) => void;
  /** What happens to a text that is longer than the model reads: its end is cut off (the default), or `context_too_long`. */
  readonly tooLong?: 'cut' | 'refuse';
  /** The trace that the call is a part of. */
  readonly traceparent?: TraceparentFor | undefined;
}

/** Scores how well passages answer a query. */
export interface Reranker extends ModelFiles {
  readonly id: string;
  readonly destination: Destination;
  /** One score a text, in order; higher is better. */
  rerank(
    query: string,
    texts: readonly string[],
    options: { readonly signal?: AbortSignal },
  ): Promise<readonly number[]>;
}

/** A piece of a text that a model gave a label, such as a name. Offsets count UTF-16 units. */
export interface TaggedSpan {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  /** Probability, 0 to 1. */
  readonly score: number;
}

/** Sorts a text into labels. */
export interface Classifier extends ModelFiles {
  readonly id: string;
  readonly labels: readonly string[];
  readonly destination: Destination;
  /** For each text, the probability of each label. */
  classify(
    texts: readonly string[],
    options: { readonly signal?: AbortSignal; readonly traceparent?: TraceparentFor | undefined },
  ): Promise<readonly Readonly<Record<string, number>>[]>;
  /** For models that label each token: names, places and the like, in order and without overlaps. */
  tag?(
    texts: readonly string[],
    options: { readonly signal?: AbortSignal },
  ): Promise<readonly (readonly TaggedSpan[])[]>;
}

/** Counts and cuts text in a model's own tokens. Synchronous: it is asked for every chunk. */
export interface Tokenizer {
  readonly id: string;
  /** Tokens of a text, special tokens left out. */
  count(text: string): number;
  /** Start and end offset (UTF-16) of each token. */
  offsets(text: string): readonly (readonly [number, number])[];
}
