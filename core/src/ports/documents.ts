import type { Place } from '../values/values.js';
import type { Tokenizer } from './embedding.js';
import type { SplitterOptions } from './vector-store.js';

/** Where a stretch of a document's text comes from. */
export interface TextSpan {
  /** Offsets into `ParsedDocument.text`, UTF-16, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly page?: number;
  readonly row?: number;
  readonly headings?: readonly string[];
}

/** A document as text, with what its format says about places. */
export interface ParsedDocument {
  /** Told by content, such as `application/pdf`. */
  readonly mediaType: string;
  readonly title?: string;
  /** Plain text or Markdown. */
  readonly text: string;
  readonly format: 'text' | 'markdown' | 'rows';
  /** Ordered, not overlapping; pages, rows or sections. */
  readonly spans: readonly TextSpan[];
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A passage before it has an id or a vector. */
export interface Chunk {
  readonly text: string;
  readonly place: Place;
  readonly tokens: number;
}

/** Reads and cuts documents. */
export interface Documents {
  /** Parses in a child process with memory and time limits. Errors: `document_empty`, `document_encrypted`, `document_type`, `document_damaged`, `document_bomb`, `document_timeout`. */
  parse(
    content: Uint8Array | string,
    options?: { readonly name?: string; readonly mediaType?: string; readonly signal?: AbortSignal },
  ): Promise<ParsedDocument>;
  /** Cuts a document into chunks; sizes are tokens of `tokenizer`. */
  split(document: ParsedDocument, options: SplitterOptions, tokenizer: Tokenizer): readonly Chunk[];
  /** As `split`, chunk by chunk and giving the event loop its turns: for documents of any length. */
  chunks?(document: ParsedDocument, options: SplitterOptions, tokenizer: Tokenizer): AsyncIterable<Chunk>;
}
