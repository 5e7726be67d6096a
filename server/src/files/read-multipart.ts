import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import { HeddleError } from '@heddle/core';
import type { IncomingMessage } from 'node:http';
import { Readable, Transform, type TransformCallback } from 'node:stream';

/** A file part: it must be read before the next part comes. */
export interface FilePart {
  readonly type: 'file';
  readonly fieldname: string | undefined;
  readonly filename: string | undefined;
  readonly mimetype: string;
  readonly file: BusboyFileStream;
}

/** A plain text part. */
export interface FieldPart {
  readonly type: 'field';
  readonly fieldname: string | undefined;
  readonly text: string;
  /** The text is longer than its limit. */
  readonly isCut: boolean;
}

/** The limits of a multipart body. */
export interface PartLimits {
  /** Bytes of a text part. */
  readonly longestText: number;
  /** Bytes of one file; the rest is dropped, and the file is marked `truncated`. */
  readonly largestFile: number;
}

const most = { files: 100_000, fields: 100_000, parts: 200_000, headerPairs: 100 } as const;

/** Bytes that are parsed in one tick: less than a millisecond for a body of boundaries only. */
const stretch = 64 * 1024;

/**
 * Reads a multipart body part by part, at the speed of the reader.
 *
 * The parser gets the body in pieces, each in its own tick, and none while a part waits for its reader: a body blocks nobody and fills
 * no memory. The rest of the body is skipped when the reader stops early.
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
      // The reader receives the errors of a file; a file without a reader must not end the process.
      file.on('error', () => undefined);
      add({ type: 'file', fieldname, filename, mimetype, file });
    })
    .on('partsLimit', () => fail(tooMany('parts', most.parts)))
    .on('filesLimit', () => fail(tooMany('files', most.files)))
    .on('fieldsLimit', () => fail(tooMany('fields', most.fields)))
    .on('finish', onEnded)
    // An empty body is a form without fields.
    .on('error', (error: unknown) => (isEmpty ? onEnded() : fail(toError(error))));
  request.once('data', () => (isEmpty = false));
  request.on('close', onClose).on('error', fail);
  request.pipe(pieces).pipe(parser);
  // The sender may be gone before the body is read.
  if (request.destroyed) onClose();
  try {
    yield* parts as AsyncIterable<FilePart | FieldPart>; // it contains what `add` was given
  } finally {
    request.off('close', onClose).off('error', fail).unpipe(pieces);
    pieces.destroy();
    current?.destroy();
    request.resume();
  }
}

/** The parsed parts, and a way to wait until the reader has taken all of them. */
function partQueue(): {
  readonly parts: Readable;
  readonly add: (part: FilePart | FieldPart) => void;
  readonly whenTaken: () => Promise<void> | undefined;
} {
  let isWanted = false;
  let goOn = (): void => undefined;
  const parts = new Readable({
    objectMode: true,
    highWaterMark: 1,
    // Called when the reader takes the last part.
    read() {
      isWanted = true;
      goOn();
    },
  });
  parts.on('error', () => undefined);
  return {
    parts,
    add(part) {
      isWanted = false;
      parts.push(part);
    },
    whenTaken: () => (isWanted ? undefined : new Promise((resolve) => (goOn = resolve))),
  };
}

/** Passes a body on in pieces, each in a later tick and after `whenFree`. */
function inPieces(whenFree: () => Promise<void> | undefined): Transform {
  const give = async (stream: Transform, chunk: Buffer): Promise<void> => {
    for (let from = 0; from < chunk.length; from += stretch) {
      await yieldToEventLoop();
      await whenFree();
      stream.push(chunk.subarray(from, from + stretch));
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      give(this, chunk).then(() => done(), done);
    },
  });
}

const tooMany = (what: string, limit: number): HeddleError =>
  new HeddleError('payload_too_large', `The body has more than ${limit.toLocaleString('en')} ${what}: send fewer.`);

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
