import type { DocumentInput } from '@heddle/core';
import { randomBytes } from 'node:crypto';

/** A part of a multipart body: a file if it has a file name, else a field. */
export interface Part {
  readonly name: string;
  readonly filename?: string;
  readonly mediaType?: string;
  /** A stream is read while the body is sent. */
  readonly content: Uint8Array | string | AsyncIterable<Uint8Array>;
}

/** A multipart body that is written while it is sent, so that a large folder is never held in memory. */
export function multipartOf(parts: Iterable<Part> | AsyncIterable<Part>): {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
} {
  const boundary = `heddle-${randomBytes(18).toString('hex')}`;
  const chunks = encode(parts, boundary);
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      const next = await chunks.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: async () => {
      await chunks.return(undefined);
    },
  });
  return { headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, body };
}

/** The parts of documents to import: each file follows its metadata. An unreadable file is sent empty and named in the report. */
export async function* partsOfDocuments(
  documents: AsyncIterable<DocumentInput>,
  { sync, readers }: { readonly sync: boolean; readonly readers?: DocumentInput['readers'] },
): AsyncGenerator<Part> {
  if (sync) yield { name: 'sync', content: 'true' };
  for await (const { id, title, source, metadata, content, mediaType, error } of documents) {
    yield { name: 'about', content: JSON.stringify({ id, title, source, metadata, readers, error }) };
    yield { name: 'file', filename: 'document', content, mediaType };
  }
}

async function* encode(
  parts: Iterable<Part> | AsyncIterable<Part>,
  boundary: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);
  for await (const { name, filename, mediaType = 'application/octet-stream', content } of parts) {
    const file =
      filename === undefined ? '' : `; filename*=utf-8''${encodeURIComponent(filename)}\r\ncontent-type: ${mediaType}`;
    yield text(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n`);
    if (typeof content === 'string') yield text(content);
    else if (Symbol.asyncIterator in content) for await (const piece of content) yield new Uint8Array(piece);
    else yield new Uint8Array(content);
    yield text('\r\n');
  }
  yield text(`--${boundary}--\r\n`);
  return undefined;
}
