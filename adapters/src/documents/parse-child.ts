import type { ParsedDocument } from '@heddle/core';
import { z } from 'zod';
import { serveCalls } from '../child/serve-calls.js';
import { parseBytes } from './parse-bytes.js';

/** The child process that parses documents: content comes in parts, the parsed document goes back in parts. */
const Begin = z.object({ size: z.int().nonnegative() });
const Parse = z.object({
  name: z.string().optional(),
  mediaType: z.string().optional(),
  limits: z.object({
    sourceBytes: z.number(),
    textLength: z.number(),
    rowBytes: z.number(),
    wallMs: z.number(),
    memoryBytes: z.number(),
    idleMs: z.number(),
  }),
});
const partLength = 256 * 1024;
const partSpans = 4096;

let content = Buffer.alloc(0);
let filled = 0;

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
    const { limits, name, mediaType } = Parse.parse(payload);
    const bytes = content;
    content = Buffer.alloc(0);
    const source = {
      content: bytes,
      ...(name === undefined ? {} : { name }),
      ...(mediaType === undefined ? {} : { mediaType }),
    };
    return sendInParts(await parseBytes(source, limits), (event) => context.emit(event));
  },
});

/** Small messages keep the parent's event loop free. */
function sendInParts(document: ParsedDocument, emit: (event: unknown) => void): Omit<ParsedDocument, 'text' | 'spans'> {
  const { text, spans, ...rest } = document;
  for (let start = 0; start < text.length; start += partLength) emit({ text: text.slice(start, start + partLength) });
  for (let start = 0; start < spans.length; start += partSpans) emit({ spans: spans.slice(start, start + partSpans) });
  return rest;
}
