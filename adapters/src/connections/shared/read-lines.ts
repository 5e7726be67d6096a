import { HeddleError } from '@heddle/core';

/** No answer of a model is longer. */
const mostCharacters = 16 * 1024 * 1024;

/** The lines of a body, one after the other, without those that are empty. Errors: `provider_reply_invalid` for an endless line. */
export async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let open = '';
  for await (const piece of body) {
    const lines = (open + decoder.decode(piece, { stream: true })).split('\n');
    open = lines.pop() ?? '';
    if (open.length > mostCharacters)
      throw new HeddleError('provider_reply_invalid', 'A line of the answers of a batch has no end.');
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  open += decoder.decode();
  if (open.trim() !== '') yield open;
}
