import type { ErrorCode } from '../errors/codes.js';
import type { Place } from '../values/values.js';
import type { Tokenizer } from './models/embedding.js';
import type { SplitterOptions } from './vector-store.js';

/** The origin of a range of a document's text, such as its page. */
export interface TextSpan {
  /** Offsets into `ParsedDocument.text`, UTF-16, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly page?: number;
  readonly row?: number;
  readonly headings?: readonly string[];
}

/** The positions of a document's lines of text on its pages. */
export interface LineBoxes {
  readonly unit: 'pt' | 'px';
  /** Width and height of each page as displayed. */
  readonly pages: readonly (readonly [width: number, height: number])[];
  /**
   * Six numbers for each line, in the order of the text: offset of its first character; 1-based page; left, top, right and bottom in tenths
   * of `unit`.
   */
  readonly lines: Int32Array;
}

/** The text of a document with the locations that its format provides. */
export interface ParsedDocument {
  /** Detected from the content, such as `application/pdf`. */
  readonly mediaType: string;
  readonly title?: string;
  /** Plain text or Markdown. */
  readonly text: string;
  /** In the format `code`, definitions are kept together when the text is split. */
  readonly format: 'text' | 'markdown' | 'rows' | 'code';
  /** Pages, rows or sections, in order and without overlaps. */
  readonly spans: readonly TextSpan[];
  readonly boxes?: LineBoxes;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Documents inside this one, such as the attachments of an e-mail. */
  readonly parts?: readonly DocumentPart[];
  /** The parts that could not be read, so that the user learns what is missing. */
  readonly unread?: readonly UnreadPart[];
}

/** A document inside another one. */
export interface DocumentPart {
  readonly name: string;
  readonly mediaType?: string;
  readonly content: Uint8Array;
}

/** A part of a document that was not read, and why. */
export interface UnreadPart {
  /** The name of an attachment, or a position such as `page 3`. */
  readonly name: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** A passage before it gets an id and a vector. */
export interface Chunk {
  readonly text: string;
  readonly place: Place;
  readonly tokens: number;
}

/** A page of a document as an image for a browser. */
export interface PageImage {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif' | 'image/bmp';
  readonly content: Uint8Array;
}

/** Parses and splits documents. */
export interface Documents {
  /** Parses in a child process with memory and time limits. Errors: `document_empty`, `document_encrypted`, `document_type`, `document_damaged`, `document_bomb`, `document_timeout`. */
  parse(
    content: Uint8Array | string,
    options?: { readonly name?: string; readonly mediaType?: string; readonly signal?: AbortSignal },
  ): Promise<ParsedDocument>;
  /**
   * Renders a page of a PDF or image in a child process with memory and time limits. Errors: those of `parse`; `document_page` if the page
   * does not exist or the document has no pages.
   */
  drawPage?(
    content: Uint8Array,
    options: { readonly page: number; readonly name?: string; readonly signal?: AbortSignal },
  ): Promise<PageImage>;
  /** Splits a document into chunks; sizes are in tokens of `tokenizer`. */
  split(document: ParsedDocument, options: SplitterOptions, tokenizer: Tokenizer): readonly Chunk[];
  /** Like `split`, but returns one chunk at a time and lets the event loop run in between, so that it works for documents of any length. */
  chunks?(document: ParsedDocument, options: SplitterOptions, tokenizer: Tokenizer): AsyncIterable<Chunk>;
}
