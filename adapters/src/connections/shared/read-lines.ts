import { HeddleError } from '@heddle/core';

/** The longest line; no answer of a model is longer. */
const mostCharacters = 16 * 1024 * 1024;

/** Yields the non-empty lines of a body. Errors: `provider_reply_invalid` if a line does not end. */
export async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let open = '';
  for await (const piece of body) {
    const lines = (open + decoder.decode(piece, { stream: true })).split('\n');
    open = lines.pop() ?? '';
    if (open.length > mostCharacters)
      throw new HeddleError('provider_reply_invalid', 'A line in the answers of a batch is too long.');
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  open += decoder.decode();
  if (open.trim() !== '') yield open;
}
