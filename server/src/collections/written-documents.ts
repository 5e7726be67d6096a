import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import { createPace, HeddleError, isPlainObject, PutTextRequest, sizeWithin, type DocumentInput } from '@heddle/core';
import { refuseTwice, type ResolveReaders } from '../files/read-upload.js';
import { invalid } from '../http/errors/error-reply.js';
import { unknownMember } from '../http/bodies/unknown-member.js';
import type { Upload } from './collection.service.js';

const WrittenDocument = PutTextRequest.shape.documents.element;
const Options = PutTextRequest.pick({ sync: true });

/** How much work on documents is done in one tick. Each document counts as ten, plus the size of its values. */
const stretch = 5_000;

/** Parses a JSON body with possibly many documents. Errors: `bad_request` at the first invalid document, `unsupported_media_type`. */
export async function writtenDocuments(body: unknown, resolve: ResolveReaders): Promise<Upload> {
  if (body === undefined || body === null)
    throw new HeddleError(
      'unsupported_media_type',
      'Send the documents as multipart/form-data or as application/json.',
    );
  const unknown = unknownMember(PutTextRequest, body);
  if (unknown !== undefined) throw invalid([unknown]);
  const given = isPlainObject(body) ? body['documents'] : undefined;
  // The schema reports other mistakes.
  if (!Array.isArray(given) || given.length === 0) PutTextRequest.parse(body);
  const { sync = false } = Options.parse(body);
  const documents = await readAll(Array.isArray(given) ? given : [], resolve);
  refuseTwice(documents.map(({ id }) => id));
  return { sync, documents };
}

async function readAll(given: readonly unknown[], resolve: ResolveReaders): Promise<readonly DocumentInput[]> {
  const documents: DocumentInput[] = [];
  const isDue = createPace(stretch);
  for (const [index, item] of given.entries()) {
    const parsed = WrittenDocument.safeParse(item);
    if (!parsed.success)
      throw invalid(parsed.error.issues.map(({ path, message }) => ({ path: ['documents', index, ...path], message })));
    const { id, title, text, metadata, readers } = parsed.data;
    documents.push({
      id,
      content: text,
      title,
      metadata,
      readers: await resolve(readers),
    });
    const { values } = sizeWithin(item, { values: Infinity, characters: Infinity }) ?? { values: 0 };
    if (isDue(10 + values)) await yieldToEventLoop();
  }
  return documents;
}
