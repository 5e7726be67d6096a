import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import { HeddleError } from '@heddle/core';
import type { IncomingMessage } from 'node:http';
import { Readable, Transform, type TransformCallback } from 'node:stream';

/** A file part. It must be read before the next part arrives. */
export interface FilePart {
  readonly type: 'file';
  readonly fieldname: string | undefined;
  readonly filename: string | undefined;
  readonly mimetype: string;
  readonly file: BusboyFileStream;
}

export interface FieldPart {
  readonly type: 'field';
  readonly fieldname: string | undefined;
  readonly text: string;
  /** Whether the text exceeded its limit and was cut. */
  readonly isCut: boolean;
}

/** The limits of a multipart body. */
export interface PartLimits {
  /** In bytes of a text part. */
  readonly longestText: number;
  /** In bytes of one file. The rest of a larger file is dropped, and the file is marked `truncated`. */
  readonly largestFile: number;
}

const most = { files: 100_000, fields: 100_000, parts: 200_000, headerPairs: 100 } as const;

/** How many bytes are parsed in one tick: less than a millisecond even for a body that consists of boundaries. */
const stretch = 64 * 1024;

/**
 * Reads a multipart body part by part, as fast as the reader takes the parts.
 *
 * The parser gets the body in pieces, each in a tick of its own, and gets none while a part waits for the reader. So a large body neither
 * blocks the process nor fills its memory. If the reader stops early, the rest of the body is skipped.
 */
export async function* readMultipart(
  request: IncomingMessage,
  isFile: (name: string | undefined, type: string | undefined, fileName: string | undefined) => boolean,
  { longestText, largestFile }: PartLimits,
): AsyncGenerator<FilePart | FieldPart, void, void> {
  const parser = new Busboy({
    headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
    isPartAFile: isFile,
    limits: { ...most, fileSize: largestFile, fieldSize: longestText },
  });
  const { parts, add, whenTaken } = partQueue();
  const pieces = inPieces(whenTaken);
  let isEmpty = true;
  let current: BusboyFileStream | undefined;
  const fail = (error: Error): void => {
    current?.destroy(error);
    parts.destroy(error);
  };
  const onEnded = (): void => void parts.push(null);
  const onClose = (): void => {
    if (!request.readableEnded)
      fail(new HeddleError('bad_request', 'The connection was closed before all parts had come.'));
  };
  parser
    .on('field', (fieldname: string, text: string, _nameIsCut: boolean, isCut: boolean) =>
      add({ type: 'field', fieldname, text, isCut }),
    )
    .on('file', (fieldname, file, filename, _encoding, mimetype) => {
      current = file;
      // Errors of a file go to its reader. Without a reader, an error must not end the process.
      file.on('error', () => undefined);
      add({ type: 'file', fieldname, filename, mimetype, file });
    })
    .on('partsLimit', () => fail(tooMany('parts', most.parts)))
    .on('filesLimit', () => fail(tooMany('files', most.files)))
    .on('fieldsLimit', () => fail(tooMany('fields', most.fields)))
    .on('finish', onEnded)
    // An empty body counts as a form without fields.
    .on('error', (error: unknown) => (isEmpty ? onEnded() : fail(toError(error))));
  request.once('data', () => (isEmpty = false));
  request.on('close', onClose).on('error', fail);
  request.pipe(pieces).pipe(parser);
  // The connection may be closed before the body is read.
  if (request.destroyed) onClose();
  try {
    yield* parts as AsyncIterable<FilePart | FieldPart>; // It contains what `add` pushed.
  } finally {
    request.off('close', onClose).off('error', fail).unpipe(pieces);
    pieces.destroy();
    current?.destroy();
    request.resume();
  }
}

/** A stream of parsed parts, and a way to wait until the reader has taken all of them. */
function partQueue(): {
  readonly parts: Readable;
  readonly add: (part: FilePart | FieldPart) => void;
  readonly whenTaken: () => Promise<void> | undefined;
} {
  let isWanted = false;
  let onWanted = (): void => undefined;
  const parts = new Readable({
    objectMode: true,
    highWaterMark: 1,
    // Called once the reader has taken the last part.
    read() {
      isWanted = true;
      onWanted();
    },
  });
  parts.on('error', () => undefined);
  return {
    parts,
    add(part) {
      isWanted = false;
      parts.push(part);
    },
    whenTaken: () => (isWanted ? undefined : new Promise((resolve) => (onWanted = resolve))),
  };
}

/** Passes a body on in pieces, each in a later tick and only after `whenFree` resolves. */
function inPieces(whenFree: () => Promise<void> | undefined): Transform {
  const pushInPieces = async (stream: Transform, chunk: Buffer): Promise<void> => {
    for (let from = 0; from < chunk.length; from += stretch) {
      await yieldToEventLoop();
      await whenFree();
      stream.push(chunk.subarray(from, from + stretch));
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      pushInPieces(this, chunk).then(() => done(), done);
    },
  });
}

const tooMany = (what: string, limit: number): HeddleError =>
  new HeddleError('payload_too_large', `The body has more than ${limit.toLocaleString('en')} ${what}: send fewer.`);

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
