import { freeName, HeddleError, isPlainObject, type Documents, type ParsedDocument } from '@heddle/core';
import { z } from 'zod';

const TextSpan = z.object({
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
  page: z.int().positive().optional(),
  row: z.int().positive().optional(),
  headings: z.array(z.string()).optional(),
});

/** A document on an edge: its text, its type and its locations. */
export const LoadedDocument = z.object({
  id: z.string().min(1).max(1000),
  text: z.string(),
  title: z.string().optional(),
  source: z.string().optional(),
  mediaType: z.string().default('text/plain'),
  format: z.enum(['text', 'markdown', 'rows', 'code']).default('text'),
  spans: z.array(TextSpan).default([]),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export type LoadedDocument = z.infer<typeof LoadedDocument>;

/** Reads a list of documents, or a single document, from an edge. Errors: `input_type` with the location of the problem. */
export function documentsFrom(value: unknown): readonly LoadedDocument[] {
  const list = Array.isArray(value) ? value : [value];
  const parsed = z.array(LoadedDocument).safeParse(list);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new HeddleError(
    'input_type',
    `The documents are not valid at ${first?.path.join('.') ?? 'the start'}: ${first?.message ?? ''}. Each document is an object with id and text; a "load" node creates them.`,
  );
}

/** Turns a text into a document. */
export function documentOfText(text: string, id: string): LoadedDocument {
  return LoadedDocument.parse({ id, text });
}

/** Converts a document to the form that the splitter takes. */
export function parsedOf({ text, title, mediaType, format, spans, metadata }: LoadedDocument): ParsedDocument {
  return {
    text,
    mediaType,
    format,
    title,
    metadata,
    spans: spans.map(({ start, end, page, row, headings }) => ({ start, end, page, row, headings })),
  };
}

/** A document from outside, as bytes or text. Its content determines how it is parsed. */
export interface RawDocument {
  readonly id: string;
  readonly name: string;
  readonly source?: string;
  readonly mediaType?: string;
  read(): Promise<Uint8Array>;
}

export interface LoadFailure {
  readonly document: string;
  readonly code: string;
  readonly message: string;
}

/** How deep documents inside documents are read, such as e-mails in e-mails. */
const deepest = 8;

/**
 * Reads and parses a document and the documents inside it, such as the attachments of an e-mail. An inner document that cannot be read is a
 * failure of its own.
 * Errors: those of reading and of parsing the outer document, with its id in the message.
 */
export async function loadDocument(
  raw: RawDocument,
  documents: Documents,
  signal: AbortSignal,
  depth = 0,
): Promise<{ readonly documents: readonly LoadedDocument[]; readonly failures: readonly LoadFailure[] }> {
  const content = await raw.read();
  const parsed = await documents.parse(content, { name: raw.name, signal, mediaType: raw.mediaType });
  const loaded: LoadedDocument[] = [loadedOf(raw, parsed)];
  const failures: LoadFailure[] = (parsed.unread ?? []).map(({ name, code, message }) => ({
    document: `${raw.id}#${name}`,
    code,
    message,
  }));
  const names = new Set<string>();
  for (const part of parsed.parts ?? []) {
    const name = freeName(part.name, names);
    names.add(name);
    const id = `${raw.id}#${name}`;
    const read = (): Promise<Uint8Array> => Promise.resolve(part.content);
    try {
      if (depth >= deepest)
        throw new HeddleError(
          'document_bomb',
          `'${id}' is nested ${deepest} documents deep: load it as a separate file.`,
        );
      const inner = await loadDocument(
        {
          id,
          name,
          read,
          source: raw.source ?? raw.id,
          mediaType: part.mediaType,
        },
        documents,
        signal,
        depth + 1,
      );
      loaded.push(...inner.documents);
      failures.push(...inner.failures);
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code === 'aborted' || error.code === 'label_refused') throw error;
      failures.push({ document: id, code: error.code, message: error.message });
    }
  }
  return { documents: loaded, failures };
}

const loadedOf = (raw: RawDocument, parsed: ParsedDocument): LoadedDocument => ({
  id: raw.id,
  text: parsed.text,
  title: parsed.title ?? raw.name,
  source: raw.source ?? raw.id,
  mediaType: parsed.mediaType,
  format: parsed.format,
  spans: parsed.spans.map((span) => TextSpan.parse(span)),
  ...(isPlainObject(parsed.metadata) ? { metadata: { ...parsed.metadata } } : {}),
});
