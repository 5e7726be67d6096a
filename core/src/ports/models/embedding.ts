import type { Destination } from '../destination.js';
import type { ModelFiles } from './language-model.js';
import type { TraceparentFor } from '../trace.js';

/** The default embedding model, downloaded at the first start. */
export const usualEmbedder = 'all-minilm-l6-v2';

/** Converts text into vectors. */
export interface Embedder extends ModelFiles {
  readonly id: string;
  /** Length of each vector. */
  readonly dimensions: number;
  /** Maximum number of tokens in a text. `tooLong` decides what happens to a longer text. */
  readonly maxTokens: number;
  readonly destination: Destination;
  /**
   * Returns one normalised vector for each text, in order (length `dimensions`, Euclidean norm 1).
   * `kind` selects the prefix that some models need for queries and passages.
   */
  embed(texts: readonly string[], options: EmbedOptions): Promise<readonly Float32Array[]>;
}

/** The usage of a call that generates no text. */
export interface InputUsage {
  readonly inputTokens: number;
  /** In `currency`; missing if no price is known. */
  readonly cost?: number | undefined;
  readonly currency?: string | undefined;
}

/** Options of `embed`. */
export interface EmbedOptions {
  readonly kind: 'query' | 'passage';
  readonly signal?: AbortSignal;
  /** Called after each completed batch of texts. */
  readonly onProgress?: (done: number) => void;
  /** Called once before the vectors are returned, with the total number of tokens, counted by the tokenizer of the model. */
  readonly onUsage?: (usage: InputUsage) => void;
  /**
   * What happens to a text that is too long for the model: it is truncated (`cut`, the default), or the call fails with `context_too_long`
   * (`refuse`).
   */
  readonly tooLong?: 'cut' | 'refuse';
  readonly traceparent?: TraceparentFor | undefined;
}

/** Scores how well passages match a query. */
export interface Reranker extends ModelFiles {
  readonly id: string;
  readonly destination: Destination;
  /** Returns one score for each text, in order; higher is better. A text that is too long is truncated. */
  rerank(query: string, texts: readonly string[], options: RerankOptions): Promise<readonly number[]>;
}

interface RerankOptions {
  readonly signal?: AbortSignal;
  /** Called once before the scores are returned, if the model reports usage. */
  readonly onUsage?: (usage: InputUsage) => void;
  readonly traceparent?: TraceparentFor | undefined;
}

/** A range of a text that a model labelled, such as a name. Offsets count UTF-16 units. */
export interface TaggedSpan {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  /** Probability, 0 to 1. */
  readonly score: number;
}

/** Assigns labels to a text. */
export interface Classifier extends ModelFiles {
  readonly id: string;
  readonly labels: readonly string[];
  readonly destination: Destination;
  /** Returns the probability of each label for each text. */
  classify(
    texts: readonly string[],
    options: { readonly signal?: AbortSignal; readonly traceparent?: TraceparentFor | undefined },
  ): Promise<readonly Readonly<Record<string, number>>[]>;
  /**
   * For models that label pairs, such as natural language inference models: returns, for each hypothesis, the probability of each label
   * given the premise.
   */
  classifyPairs?(
    premise: string,
    hypotheses: readonly string[],
    options: { readonly signal?: AbortSignal },
  ): Promise<readonly Readonly<Record<string, number>>[]>;
  /** For models that label each token: returns names, locations and so on, in order and without overlaps. */
  tag?(
    texts: readonly string[],
    options: { readonly signal?: AbortSignal },
  ): Promise<readonly (readonly TaggedSpan[])[]>;
}

/** Counts and splits text by the tokens of a model. It is synchronous because it is called for every chunk. */
export interface Tokenizer {
  readonly id: string;
  /** Returns the number of tokens in a text, without special tokens. */
  count(text: string): number;
  /** Returns the start and end offset (UTF-16) of each token. */
  offsets(text: string): readonly (readonly [number, number])[];
}
