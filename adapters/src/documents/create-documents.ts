import { HeddleError, type Documents, type ParsedDocument } from '@heddle/core';
import { decodeText, normaliseNewlines } from './kinds/decode-text.js';
import { sniffMediaType } from './kinds/sniff-media-type.js';
import type { DocumentSource } from './document-source.js';
import { defaultLimits, type DocumentLimits } from './limits.js';
import { parseBytes } from './parse-bytes.js';
import { ParseHost } from './parse-host.js';
import { inProcessLength, parseLightText } from './parse-text-kind.js';
import type { DocumentService } from './services/document-service.js';
import { pacedChunks } from './split/paced-chunks.js';
import { splitDocument } from './split/split-document.js';

/**
 * Parses and splits documents. Short plain text and Markdown are parsed in this process; everything else in a child process with limits on
 * time and memory, which is started again after it had to be ended.
 *
 * @example const document = await createDocuments().parse(bytes, { name: 'leave.pdf' });
 */
export function createDocuments({
  services = [],
  ...options
}: Partial<DocumentLimits> & { readonly services?: readonly DocumentService[] } = {}): Documents & {
  close(): Promise<void>;
} {
  const limits = { ...defaultLimits, ...options };
  const host = new ParseHost(limits);
  // A separate child, so that showing a page does not wait for an import.
  const drawing = new ParseHost(limits);
  return {
    parse: async (content, { name, mediaType, signal } = {}) => {
      signal?.throwIfAborted();
      const source: DocumentSource = { content, name, mediaType };
      if (content.length === 0 || content.length > limits.sourceBytes) return parseBytes(source, limits); // this throws at once
      return parseLight(source, limits.textLength) ?? (await parseOrAsk(host, services, source, limits, signal));
    },
    drawPage: (content, { name, page, signal }) => drawing.draw({ content, name, page }, signal),
    split: (document, splitter, tokenizer) => [...splitDocument(document, splitter, tokenizer)],
    chunks: pacedChunks,
    close: async () => {
      await Promise.all([host.close(), drawing.close()]);
    },
  };
}

/** Parses a document in the child, or has a service parse it if the settings say so. */
async function parseOrAsk(
  host: ParseHost,
  services: readonly DocumentService[],
  source: DocumentSource,
  limits: DocumentLimits,
  signal: AbortSignal | undefined,
): Promise<ParsedDocument> {
  const leave = services.flatMap(({ formats }) => formats);
  try {
    return await host.parse(source, signal, leave);
  } catch (error) {
    if (!(error instanceof HeddleError) || error.code !== 'document_type') throw error;
    const kind = error.details?.['left'] ?? 'other';
    const service = services.find(({ formats }) => formats.some((format) => format === kind));
    if (service === undefined) throw error;
    const { askService } = await import('./services/ask-service.js');
    const reply = await askService(service, source, limits, signal);
    const bytes = typeof source.content === 'string' ? Buffer.from(source.content) : source.content;
    const mediaType = await sniffMediaType(bytes, source.name);
    const asked = { service: service.name, name: source.name, mediaType, textLength: limits.textLength };
    return host.readReply(reply, asked, signal);
  }
}

/** Parses short UTF-8 text in this process; undefined if it needs a parser in the child. */
function parseLight(source: DocumentSource, textLength: number): ParsedDocument | undefined {
  const { content, name, mediaType } = source;
  if (content.length > Math.min(inProcessLength, textLength)) return undefined;
  if (typeof content !== 'string' && !isPlainUtf8(content)) return undefined;
  const text = typeof content === 'string' ? normaliseNewlines(content) : decodeText(content);
  const parsed = parseLightText(text, name, mediaType);
  return typeof parsed === 'string' ? undefined : parsed;
}

/** Whether the bytes are valid UTF-8 without zero bytes, and do not start like a binary format. */
function isPlainUtf8(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  if (head.includes('%PDF-') || head.startsWith('{\\rtf') || head.startsWith('%!PS') || head.startsWith('PK'))
    return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false; // not UTF-8: the child finds the encoding
  }
}
