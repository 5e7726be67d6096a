import {
  HeddleError,
  type CollectionInfo,
  type DocumentInput,
  type DocumentPart,
  type Label,
  type ParsedDocument,
  type Place,
  type ReadersChange,
  type StoredDocument,
  type Tokenizer,
  type UnreadPart,
} from '@heddle/core';
import { pacedChunks } from '../documents/split/paced-chunks.js';
import type { CollectionContext } from './collection-context.js';
import { embeddedText } from './embedded-text.js';
import type { HeadedPassage } from './headers/header-prompt.js';
import type { DocumentToHead, HeaderWriter } from './headers/write-headers.js';
import { createPacer } from './pacer.js';

/** A passage without its vector. */
export interface DraftPassage {
  readonly id: string;
  readonly text: string;
  readonly place: Place;
  readonly context: string;
  readonly header?: string | undefined;
  /** The text that the embedder reads, and its tokens. */
  readonly embedded: { readonly text: string; readonly tokens: number };
}

export interface PreparedDocument {
  readonly document: StoredDocument['document'];
  readonly drafts: readonly DraftPassage[];
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  readonly readers?: ReadersChange | undefined;
  readonly parts: readonly DocumentPart[];
  readonly unread: readonly UnreadPart[];
}

export interface PrepareOptions {
  readonly info: CollectionInfo;
  readonly tokenizer: Tokenizer;
  /** The most tokens that the embedder reads, without its special tokens. */
  readonly maxTokens: number;
  readonly hash: string;
  readonly size: number;
  readonly signal: AbortSignal;
  /** Writes headers; `label` is that of the document. Without it, passages get no headers. */
  readonly headers?: { readonly writer: Pick<HeaderWriter, 'write'>; readonly label: Label } | undefined;
}

/** Parses and splits a document, yielding to the event loop every few milliseconds. */
export async function prepareDocument(
  context: CollectionContext,
  input: DocumentInput,
  options: PrepareOptions,
): Promise<PreparedDocument> {
  const { signal, info } = options;
  const parsed =
    input.parsed ??
    (await context.documents.parse(input.content, { name: input.id, signal, mediaType: input.mediaType }));
  const given = titleOf(input.title) ?? titleOf(parsed.title);
  const title = given ?? titleOf(nameOf(input)) ?? input.id;
  const metadata = { ...parsed.metadata, ...input.metadata };
  const drafts: DraftPassage[] = [];
  const cut: CutPassage[] = [];
  const splitter = { ...info.splitter, maxTokens: Math.min(info.splitter.maxTokens, options.maxTokens) };
  for await (const { text, place, tokens } of pacedChunks(parsed, splitter, options.tokenizer)) {
    const headings = place.headings ?? [];
    // A title that was derived from the id tells the model nothing.
    const context = info.splitter.context === true ? [given ?? '', ...headings] : [];
    cut.push({ text, tokens, context, headings, start: place.start });
    drafts.push({
      id: `${input.id}#${drafts.length + 1}`,
      text,
      place,
      context: contextOf(title, headings),
      embedded: embeddedText({ text, tokens, context }, options.tokenizer, options.maxTokens),
    });
    signal.throwIfAborted();
  }
  if (drafts.length === 0)
    throw new HeddleError('document_empty', `Document '${input.id}' has no passages: its text is empty.`);
  return {
    document: documentOf(input, parsed, title, metadata, options),
    drafts: await withHeaders(drafts, cut, { id: input.id, title, text: parsed.text }, options),
    metadata: Object.keys(metadata).length === 0 ? undefined : metadata,
    parts: parsed.parts ?? [],
    unread: parsed.unread ?? [],
  };
}

/** A passage after splitting, with the title and headings that the embedder reads. */
interface CutPassage extends HeadedPassage {
  readonly context: readonly string[];
}

async function withHeaders(
  drafts: readonly DraftPassage[],
  cut: readonly CutPassage[],
  document: Pick<DocumentToHead, 'id' | 'title' | 'text'>,
  { headers, hash, tokenizer, maxTokens, signal }: PrepareOptions,
): Promise<readonly DraftPassage[]> {
  if (headers === undefined) return drafts;
  const texts = await headers.writer.write({ ...document, hash, label: headers.label }, cut, signal);
  const pace = createPacer();
  const headed: DraftPassage[] = [];
  for (const [at, draft] of drafts.entries()) {
    const passage = cut[at];
    const header = texts[at];
    await pace();
    headed.push(
      passage === undefined || header === undefined || header === ''
        ? draft
        : { ...draft, header, embedded: embeddedText({ ...passage, header }, tokenizer, maxTokens) },
    );
  }
  return headed;
}

function documentOf(
  input: DocumentInput,
  parsed: ParsedDocument,
  title: string,
  metadata: Readonly<Record<string, unknown>>,
  { hash, size }: PrepareOptions,
): StoredDocument['document'] {
  return {
    id: input.id,
    title,
    mediaType: parsed.mediaType,
    hash,
    size,
    source: input.source,
    label: input.label,
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}

/** Title and headings, each once; the full-text index has them beside the passage. */
export function contextOf(title: string, headings: readonly string[]): string {
  return [...new Set([title, ...headings])].join('\n');
}

/**
 * A title on one line, without hidden characters or ones that reverse the direction of text; undefined if it names nothing, such as `-`.
 */
function titleOf(text: string | undefined): string | undefined {
  const title = text
    ?.replace(/[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return title !== undefined && /[^\p{P}\p{Z}]/u.test(title) ? title : undefined;
}

/** A title from an id: the file name without its extension, or the record's id. */
function nameOf({ id: whole, metadata }: DocumentInput): string {
  // The id of a synced document begins with the id of its source.
  const source = metadata?.['syncedFrom'];
  const id = typeof source === 'string' && whole.startsWith(`${source}:`) ? whole.slice(source.length + 1) : whole;
  const last = id.slice(Math.max(id.lastIndexOf('/'), id.lastIndexOf('#')) + 1);
  return last.replace(/\.[A-Za-z0-9]{1,5}$/, '') || id;
}
