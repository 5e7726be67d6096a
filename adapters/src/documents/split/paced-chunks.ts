import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Chunk, ParsedDocument, SplitterOptions, Tokenizer } from '@heddle/core';
import { splitDocument } from './split-document.js';

const sliceMs = 10;

/** Cuts a document, yielding to the event loop every few milliseconds. */
export async function* pacedChunks(
  document: ParsedDocument,
  options: SplitterOptions,
  tokenizer: Tokenizer,
): AsyncGenerator<Chunk> {
  let since = performance.now();
  for (const chunk of splitDocument(document, options, tokenizer)) {
    yield chunk;
    if (performance.now() - since < sliceMs) continue;
    await yieldToEventLoop();
    since = performance.now();
  }
}
