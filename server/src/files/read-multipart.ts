import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import { nextTurn } from '@heddle/adapters/turns';
import { HeddleError } from '@heddle/core';
import type { IncomingMessage } from 'node:http';
import { Readable, Transform, type TransformCallback } from 'node:stream';

/** A part that is a file: it must be read before the next part comes. */
export interface FilePart {
  readonly type: 'file';
  readonly fieldname: string | undefined;
  readonly filename: string | undefined;
  readonly mimetype: string;
  readonly file: BusboyFileStream;
}

/** A part that is a plain text. */
export interface FieldPart {
  readonly type: 'field';
  readonly fieldname: string | undefined;
  readonly text: string;
  /** It is longer than a text may be. */
  readonly isCut: boolean;
}

/** How much a multipart body may hold. */
export interface PartLimits {
  /** Bytes of a part that is no file. */
  readonly longestText: number;
  /** Bytes of one file; what comes behind them is left out, and the file says so (`truncated`). */
  readonly largestFile: number;
}

const most = { files: 100_000, fields: 100_000, parts: 200_000, headerPairs: 100 } as const;

/** Bytes that are parsed without a pause: of a body of nothing but boundaries, less than a millisecond. */
const stretch = 64 * 1024;

/**
 * Reads a multipart body part by part, as fast as the reader of the parts takes them.
 *
 * The parser gets the body in pieces, each in a turn of its own, and none while a part waits for its reader: so a body holds up nobody
 * and fills no memory. Whoever stops early leaves the rest of the body unread; it is passed over.
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
      // Whoever reads it hears of its errors; one that nobody reads any more must not end the process.
      file.on('error', () => undefined);
      add({ type: 'file', fieldname, filename, mimetype, file });
    })
    .on('partsLimit', () => fail(tooMany('parts', most.parts)))
    .on('filesLimit', () => fail(tooMany('files', most.files)))
    .on('fieldsLimit', () => fail(tooMany('fields', most.fields)))
    .on('finish', onEnded)
    // No byte at all is a form without fields.
    .on('error', (error: unknown) => (isEmpty ? onEnded() : fail(toError(error))));
  request.once('data', () => (isEmpty = false));
  request.on('close', onClose).on('error', fail);
  request.pipe(pieces).pipe(parser);
  // Its sender may have gone before anybody read.
  if (request.destroyed) onClose();
  try {
    yield* parts as AsyncIterable<FilePart | FieldPart>; // it holds what `add` was given
  } finally {
    request.off('close', onClose).off('error', fail).unpipe(pieces);
    pieces.destroy();
    current?.destroy();
    request.resume();
  }
}

/** Parts that were read, and how to wait until the reader has taken all of them. */
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
    // Called when the reader takes the last part of the queue.
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

/** Hands a body on in pieces, each in a later turn and once `whenFree` allows it. */
function inPieces(whenFree: () => Promise<void> | undefined): Transform {
  const give = async (stream: Transform, chunk: Buffer): Promise<void> => {
    for (let from = 0; from < chunk.length; from += stretch) {
      await nextTurn();
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
