import { withoutUndefined, type CollectionInfo, type DocumentInfo, type VectorCollection } from '@heddle/core';
import { isDeepStrictEqual } from 'node:util';
import { contextOf } from '../prepare-document.js';

/**
 * Whether passages of one index can stand in another one as they are: the same model and splitter, in another store. No store gives headers back, so
 * documents that have them are imported again, with the headers that are kept.
 */
export const canCopy = (from: CollectionInfo, to: CollectionInfo): boolean =>
  from.store !== to.store &&
  from.embedding === to.embedding &&
  from.dimensions === to.dimensions &&
  from.splitter.header === undefined &&
  isDeepStrictEqual(cutBy(from), cutBy(to));

const cutBy = ({ splitter }: CollectionInfo): unknown =>
  withoutUndefined({ ...splitter, context: splitter.context === true });

/**
 * Copies a document with its passages and vectors: the same ids, label, metadata and readers. A document that is written meanwhile is left out or
 * differs afterwards by its hash, so the next comparison finds it again.
 */
export async function copyDocument(from: VectorCollection, to: VectorCollection, id: string): Promise<void> {
  const info = await from.document(id);
  if (info === undefined) return;
  const [passages, vectors] = [await from.passages(id), await from.vectors(id)];
  const isWhole = passages.length === info.passages && passages.every((passage) => vectors.has(passage.id));
  if (!isWhole) return;
  const { passages: _count, updatedAt: _updatedAt, readers = null, ...document } = info;
  await to.put([
    {
      document,
      readers: { list: readers },
      passages: passages.map(({ id: passageId, text, place, metadata }) => ({
        ...{ id: passageId, text, vector: vectors.get(passageId) ?? new Float32Array() },
        context: contextOf(info.title, place?.headings ?? []),
        ...withoutUndefined({ place, metadata }),
      })),
    },
  ]);
  await followReaders(from, to, info);
}

/** A list that was taken from somebody while the document was copied is taken in the copy too. */
async function followReaders(from: VectorCollection, to: VectorCollection, { id }: DocumentInfo): Promise<void> {
  const now = await from.document(id);
  if (now !== undefined) await to.setReaders([{ document: id, readers: now.readers ?? null }]);
}
