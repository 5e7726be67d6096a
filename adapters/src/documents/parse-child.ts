import type { DocumentPart, ParsedDocument, ServedFormat } from '@heddle/core';
import { z } from 'zod';
import { serveCalls } from '../child/serve-calls.js';
import { drawPage } from './pages/draw-page.js';
import { parseBytes } from './parse-bytes.js';

/** The child process that parses documents. It receives the content in parts, and returns the parsed document in parts. */
const Begin = z.object({ size: z.int().nonnegative() });
const Limits = z.object({
  sourceBytes: z.number(),
  textLength: z.number(),
  rowBytes: z.number(),
  wallMs: z.number(),
  memoryBytes: z.number(),
  recognise: z.string(),
  recognisedPages: z.number(),
  idleMs: z.number(),
});
const Parse = z.object({
  name: z.string().optional(),
  mediaType: z.string().optional(),
  limits: Limits,
  leave: z.array(z.custom<ServedFormat>((value) => typeof value === 'string')).optional(),
});
const Reply = z.object({
  service: z.enum(['tika', 'docling']),
  name: z.string().optional(),
  mediaType: z.string(),
  textLength: z.number(),
});
const Draw = z.object({ page: z.int().positive(), limits: Limits });
const partLength = 128 * 1024;
const partSpans = 1024;
const partLines = 96 * 1024;
const partBytes = 512 * 1024;

let content = Buffer.alloc(0);
let filled = 0;
let parts: Iterator<unknown> = [][Symbol.iterator]();

serveCalls({
  begin: (payload) => {
    content = Buffer.alloc(Begin.parse(payload).size);
    filled = 0;
    return Promise.resolve();
  },
  part: (payload) => {
    const part = z.instanceof(Uint8Array).parse(payload);
    content.set(part, filled);
    filled += part.length;
    return Promise.resolve();
  },
  parse: async (payload, context) => {
    const { limits, name, mediaType, leave } = Parse.parse(payload);
    const onPage = (): void => context.emit('page');
    return give(await parseBytes({ content: taken(), name, mediaType }, limits, { onPage, leave }));
  },
  /** The content is the reply of a service. */
  reply: async (payload) => {
    const asked = Reply.parse(payload);
    return give((await import('./services/read-reply.js')).readReply(taken(), asked));
  },
  draw: async (payload) => {
    const { page, limits } = Draw.parse(payload);
    const { mediaType, content: picture } = await drawPage(taken(), page, limits);
    parts = piecesOf(picture);
    return { mediaType };
  },
  /**
   * Returns the next part of the document; undefined after the last. The parent requests them one at a time, so that its event loop stays
   * free.
   */
  next: () => {
    const part = parts.next();
    return Promise.resolve(part.done === true ? undefined : part.value);
  },
});

/** Returns the received bytes and forgets them. */
function taken(): Buffer {
  const bytes = content;
  content = Buffer.alloc(0);
  return bytes;
}

/** Keeps the long parts of a document for later calls of `next` and returns the rest. */
function give({ text, spans, boxes, parts: attached = [], ...rest }: ParsedDocument): object {
  parts = partsOf({ text, spans, boxes }, attached);
  return boxes === undefined ? rest : { ...rest, boxes: { unit: boxes.unit } };
}

/** Text, spans and boxes, then each attached document: its name, then its bytes. */
function* partsOf(
  { text, spans, boxes }: Pick<ParsedDocument, 'text' | 'spans' | 'boxes'>,
  attached: readonly DocumentPart[],
): Generator<Readonly<Record<string, unknown>>> {
  for (let start = 0; start < text.length; start += partLength) yield { text: text.slice(start, start + partLength) };
  for (let start = 0; start < spans.length; start += partSpans) yield { spans: spans.slice(start, start + partSpans) };
  const { pages = [], lines = new Int32Array() } = boxes ?? {};
  for (let start = 0; start < pages.length; start += partSpans) yield { pages: pages.slice(start, start + partSpans) };
  for (let start = 0; start < lines.length; start += partLines) yield { lines: lines.slice(start, start + partLines) };
  for (const { content: bytes, ...part } of attached) {
    yield { part };
    yield* piecesOf(bytes);
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Readonly<Record<string, unknown>>> {
  for (let start = 0; start < bytes.length; start += partBytes)
    yield { bytes: bytes.subarray(start, start + partBytes) };
}
