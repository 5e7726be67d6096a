import type { BlobStore } from '@heddle/adapters/blobs';
import { storageErrorOf } from '@heddle/adapters/database';
import type { FileDocument } from '@heddle/adapters/originals';
import { ErrorValue, freeName, HeddleError, Readers, type FileRef } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { fileName } from './file-name.js';
import { mediaTypeOfFile } from './media-type.js';
import { partsOf, valueOf } from './parts-of.js';
import type { FilePart, PartLimits } from './read-multipart.js';

/** Metadata of the file that follows, in the field `about`. */
const AboutDocument = z.object({
  id: z.string().min(1).max(1000).optional(),
  title: z.string().max(1000).optional(),
  source: z.string().max(4000).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  /** Who may read the document; null means everybody. If undefined, a stored document keeps its list. */
  readers: Readers.nullable().optional(),
  /** Why the sender could not read the file. The report names it, and the other files are imported. */
  error: ErrorValue.optional(),
});

interface ReceivedDocument {
  readonly about: z.infer<typeof AboutDocument>;
  readonly name: string;
  readonly mediaType: string;
  readonly file: string;
}

interface ReceivedUpload {
  readonly documents: readonly ReceivedDocument[];
  readonly sync: boolean;
  readonly cleanUp: () => Promise<void>;
}

/**
 * Receives documents as multipart: files, each with an optional field `about` (JSON) before it, and a field `sync`. They are written to
 * disk under random names, so that they do not fill the memory. Errors: `unsupported_media_type`, `bad_request`, `storage_*`.
 */
export async function receiveDocuments(
  request: FastifyRequest,
  temporaryFolder: string,
  limits: PartLimits,
): Promise<ReceivedUpload> {
  const folder = join(temporaryFolder, randomBytes(12).toString('hex'));
  const cleanUp = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const documents: ReceivedDocument[] = [];
  let about: z.infer<typeof AboutDocument> = {};
  let sync = false;
  try {
    await mkdir(folder, { recursive: true });
    for await (const part of partsOf(request, limits)) {
      if (part.type === 'field') {
        if (part.fieldname === 'about') about = await readAbout(part.text);
        else if (part.fieldname === 'sync') sync = part.text === 'true' || part.text === '1';
        else
          throw new HeddleError(
            'bad_request',
            `The upload has an unknown field '${(part.fieldname ?? '').slice(0, 80)}': it may have about, sync and files.`,
          );
        continue;
      }
      const file = join(folder, String(documents.length));
      await pipeline(part.file, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
      const described = part.file.truncated ? { ...about, error: tooLarge(part) } : about;
      if (part.file.truncated) await writeFile(file, '');
      documents.push({ about: described, name: fileName(part.filename), mediaType: part.mimetype, file });
      about = {};
    }
    if (documents.length === 0 && !sync)
      throw new HeddleError('bad_request', 'The upload has no file: send at least one.');
    return { documents: apart(documents), sync, cleanUp };
  } catch (error) {
    await cleanUp().catch(() => undefined);
    throw error instanceof HeddleError ? error : (storageErrorOf(error, temporaryFolder) ?? error);
  }
}

/**
 * Uses the name of a file as its id if none is given. If several files have the same name, the later ones get a number, as in the command.
 * Errors: `bad_request` if two documents are given the same id.
 */
function apart(documents: readonly ReceivedDocument[]): readonly ReceivedDocument[] {
  const given = documents.flatMap(({ about }) => about.id ?? []);
  refuseTwice(given);
  const taken = new Set(given);
  const copies = new Map<string, number>();
  return documents.map((document) => {
    if (document.about.id !== undefined) return document;
    const id = freeName(document.name, taken, copies);
    taken.add(id);
    return { ...document, about: { ...document.about, id } };
  });
}

/** Refuses two documents with the same id, because the later one would silently replace the earlier. Errors: `bad_request`. */
export function refuseTwice(ids: readonly string[]): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id))
      throw new HeddleError('bad_request', `Two documents have the id '${id}': give each its own.`, {
        details: { document: id },
      });
    seen.add(id);
  }
}

/** Translates the readers that a request names into the ids that are stored. Errors: `bad_request`. */
export type ResolveReaders = (readers: FileDocument['readers']) => Promise<FileDocument['readers']>;

/** The documents of an upload, with their content on disk. */
export async function receivedFiles(
  documents: readonly ReceivedDocument[],
  resolve: ResolveReaders,
): Promise<readonly FileDocument[]> {
  const files: FileDocument[] = [];
  for (const { about, name, mediaType, file } of documents) {
    files.push({
      id: about.id ?? name,
      title: about.title,
      source: about.source,
      metadata: about.metadata,
      readers: await resolve(about.readers),
      error: about.error,
      file,
      mediaType,
    });
  }
  return files;
}

/**
 * Stores one file while it is received. Its type is detected from its bytes. Errors: `unsupported_media_type`, `payload_too_large`,
 * `bad_request`, `storage_*`.
 */
export async function receiveFile(
  request: FastifyRequest,
  store: Pick<BlobStore, 'receive'>,
  limits: PartLimits,
): Promise<FileRef> {
  for await (const part of partsOf(request, limits)) {
    if (part.type === 'field') continue;
    const draft = await store.receive(part.file);
    try {
      if (part.file.truncated)
        throw new HeddleError(
          'payload_too_large',
          `The file '${part.filename}' is larger than HEDDLE_UPLOAD_LIMIT allows.`,
        );
      const name = fileName(part.filename);
      return await draft.keep({ name, mediaType: await mediaTypeOfFile(draft.file, name) });
    } finally {
      await draft.discard();
    }
  }
  throw new HeddleError('bad_request', 'The upload has no file.');
}

async function readAbout(text: string): Promise<z.infer<typeof AboutDocument>> {
  try {
    return AboutDocument.parse(await valueOf(text));
  } catch (cause) {
    throw new HeddleError(
      'bad_request',
      `The field 'about' must be JSON with id, title, source and metadata: ${(cause instanceof Error ? cause.message : String(cause)).slice(0, 500)}`,
      { cause },
    );
  }
}

/** The error of a file that is too large. The report names it, and the others are imported. */
function tooLarge(part: FilePart): ErrorValue {
  const message = `The file '${part.filename}' is larger than HEDDLE_UPLOAD_LIMIT allows.`;
  return { code: 'document_too_large', message, retryable: false };
}
