import {
  sameReaders,
  withoutUndefined,
  type CollectionInfo,
  type DocumentInfo,
  type Passage,
  type SetReaders,
  type StoredDocument,
  type VectorCollection,
} from '@heddle/core';
import { isDeepStrictEqual } from 'node:util';
import { contextOf } from '../prepare-document.js';

/**
 * Whether passages and their vectors can be copied from one index to the other: the stores differ, but the model and the splitter are the
 * same. Stores do not return passage headers, so documents with headers are imported again; the headers come from the cache.
 */
export const canCopy = (from: CollectionInfo, to: CollectionInfo): boolean =>
  from.store !== to.store &&
  from.embedding === to.embedding &&
  from.dimensions === to.dimensions &&
  from.splitter.header === undefined &&
  isDeepStrictEqual(cutBy(from), cutBy(to));

const cutBy = ({ splitter }: CollectionInfo): unknown =>
  withoutUndefined({ ...splitter, context: splitter.context === true });

/** Reads the headers of a document's passages, by passage id. */
export type HeadersOf = (document: DocumentInfo, passages: readonly Passage[]) => Promise<ReadonlyMap<string, string>>;

interface CopyOptions {
  readonly signal: AbortSignal | undefined;
  readonly onCopied: (done: number) => void;
  /** Default: passages have no headers. */
  readonly headersOf?: HeadersOf;
}

/** Documents that are written to the other store in one call. */
const batchDocuments = 16;

/**
 * Copies documents with their passages, vectors, ids, label, metadata and readers. A document that is written meanwhile is left out, or its
 * hash differs afterwards; either way the next comparison finds it again.
 */
export async function copyDocuments(
  from: VectorCollection,
  to: VectorCollection,
  ids: readonly string[],
  { signal, onCopied, headersOf = () => Promise.resolve(new Map()) }: CopyOptions,
): Promise<void> {
  for (let start = 0; start < ids.length; start += batchDocuments) {
    signal?.throwIfAborted();
    const batch = ids.slice(start, start + batchDocuments);
    const stored: StoredDocument[] = [];
    for (const id of batch) {
      const document = await storedDocument(from, id, headersOf);
      if (document !== undefined) stored.push(document);
    }
    await to.put(stored);
    // The readers may have changed during the copy: the copies get the current ones.
    await to.setReaders(await readersNow(from, stored));
    onCopied(start + batch.length);
  }
}

/** A document in the form that a store accepts; undefined while it is being written. */
async function storedDocument(
  from: VectorCollection,
  id: string,
  headersOf: HeadersOf,
): Promise<StoredDocument | undefined> {
  const info = await from.document(id);
  if (info === undefined) return undefined;
  const passages = await from.passages(id);
  const vectors = await from.vectors(id);
  const headers = await headersOf(info, passages);
  const whole = passages.flatMap(({ id: passageId, text, place, metadata }) => {
    const vector = vectors.get(passageId);
    if (vector === undefined) return [];
    const context = contextOf(info.title, place?.headings ?? []);
    return [
      {
        id: passageId,
        text,
        vector,
        context,
        ...withoutUndefined({ place, metadata, header: headers.get(passageId) }),
      },
    ];
  });
  if (whole.length !== info.passages) return undefined;
  const { passages: _count, updatedAt: _updatedAt, readers = null, ...document } = info;
  return { document, readers: { list: readers }, passages: whole };
}

async function readersNow(from: VectorCollection, stored: readonly StoredDocument[]): Promise<readonly SetReaders[]> {
  const changed: SetReaders[] = [];
  for (const { document, readers } of stored) {
    const now = await from.document(document.id);
    if (now !== undefined && !sameReaders(now.readers, readers?.list))
      changed.push({ document: document.id, readers: now.readers ?? null });
  }
  return changed;
}
