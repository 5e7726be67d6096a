import { isDeepStrictEqual } from 'node:util';
import {
  sameReaders,
  withoutUndefined,
  type DocumentInfo,
  type DocumentInput,
  type ReindexFailure,
  type ReindexOptions,
  type SetReaders,
  type VectorCollection,
} from '@heddle/core';
import { ingest } from '../ingest.js';
import type { CollectionContext, OriginalOf } from '../collection-context.js';
import { canCopy, copyDocuments } from './copy-documents.js';
import { documentFromIndex } from './document-from-index.js';

/** Documents that are listed or deleted at once. */
const pageSize = 500;
/** The most rounds. A document that failed is not tried again until it changes. */
const mostRounds = 20;

interface Difference {
  /** Documents that the other index lacks or has in another state. */
  readonly missing: readonly DocumentInfo[];
  /** Documents that only the other index has. */
  readonly extra: readonly string[];
  /** New readers for documents that the other index has with different readers. */
  readonly lists: readonly SetReaders[];
}

export async function differenceOf(from: VectorCollection, to: VectorCollection): Promise<Difference> {
  const wanted = await allDocuments(from);
  const there = await allDocuments(to);
  const missing = [...wanted.values()].filter((document) => !isSame(document, there.get(document.id)));
  const lists = [...wanted.values()].flatMap(({ id, readers = null }) => {
    const found = there.get(id);
    return found === undefined || sameReaders(found.readers, readers) ? [] : [{ document: id, readers }];
  });
  return { missing, extra: [...there.keys()].filter((id) => !wanted.has(id)), lists };
}

/** Whether two indexes have the same state of a document; how it is split does not count. */
const isSame = (one: DocumentInfo, other: DocumentInfo | undefined): boolean =>
  other !== undefined && isDeepStrictEqual(factsOf(one), factsOf(other));

const factsOf = ({ hash, size, title, label, metadata }: DocumentInfo): unknown => ({
  hash,
  size,
  title,
  label: label ?? null,
  metadata: metadata ?? null,
});

export async function allDocuments(collection: VectorCollection): Promise<ReadonlyMap<string, DocumentInfo>> {
  const all = new Map<string, DocumentInfo>();
  for (let after: string | undefined; ;) {
    const page = await collection.documents({ limit: pageSize, after });
    for (const document of page) all.set(document.id, document);
    after = page.at(-1)?.id;
    if (after === undefined || page.length < pageSize) return all;
  }
}

/**
 * Makes `to` hold the same documents as `from`: adds what is missing and removes what is extra, until only documents that fail still
 * differ. It can be stopped or killed at any time: the next call continues with the remaining differences.
 */
export async function catchUp(
  from: VectorCollection,
  to: CollectionContext,
  original: OriginalOf | undefined,
  { signal, onProgress }: ReindexOptions = {},
): Promise<readonly ReindexFailure[]> {
  const failed = new Map<string, ReindexFailure & { readonly hash: string }>();
  for (let round = 0; round < mostRounds; round += 1) {
    signal?.throwIfAborted();
    const { missing, extra, lists } = await differenceOf(from, to.inner);
    const open = missing.filter(({ id, hash }) => failed.get(id)?.hash !== hash);
    if (open.length === 0 && extra.length === 0 && lists.length === 0) break;
    await to.inner.setReaders(lists);
    for (let start = 0; start < extra.length; start += pageSize)
      await to.inner.delete(extra.slice(start, start + pageSize));
    const { documents } = await from.info();
    const progress = (done: number): void =>
      onProgress?.({ documents, done: Math.min(documents, documents - open.length + done) });
    if (canCopy(await from.info(), await to.inner.info())) {
      const ids = open.map(({ id }) => id);
      await copyDocuments(from, to.inner, ids, { signal, onCopied: progress });
      continue;
    }
    const report = await ingest(to, inputsOf(from, open, original), {
      // A document that differs is imported again even if its content is the same.
      force: true,
      signal,
      onProgress: ({ done }) => progress(done),
    });
    const hashes = new Map(open.map(({ id, hash }) => [id, hash]));
    for (const { document, message } of report.failures)
      failed.set(document, { document, message, hash: hashes.get(document) ?? '' });
    const still = new Set((await differenceOf(from, to.inner)).missing.map(({ id }) => id));
    // Some documents still differ after the import, for example by a title that the original no longer has. They are copied from the index.
    for (const { id, hash } of open)
      if (still.has(id) && !failed.has(id) && (await from.document(id))?.hash === hash)
        await takeFromIndex(from, to, id);
  }
  const { missing } = await differenceOf(from, to.inner);
  return missing.map(({ id }) => ({
    document: id,
    message: failed.get(id)?.message ?? 'It differs from the document of the serving index.',
  }));
}

async function takeFromIndex(from: VectorCollection, to: CollectionContext, id: string): Promise<void> {
  const info = await from.document(id);
  if (info !== undefined) await ingest(to, [documentFromIndex(info, await from.passages(id))], { force: true });
}

/** The documents that an index lacks, made from their originals, or from the serving index where no original is kept. */
async function* inputsOf(
  from: VectorCollection,
  missing: readonly DocumentInfo[],
  original: OriginalOf | undefined,
): AsyncGenerator<DocumentInput> {
  for (const info of missing) yield inputOf(from, info, original);
}

/** A document of one index to import into another: its original, or its passages if no original is kept. */
export async function inputOf(
  from: VectorCollection,
  info: DocumentInfo,
  original: OriginalOf | undefined,
): Promise<DocumentInput> {
  const kept = await original?.(from.name, info.id);
  // The original of a record is a file with many records; each record is read from the index.
  if (kept?.id !== info.id) return documentFromIndex(info, await from.passages(info.id));
  const { id, title, label, metadata, readers = null } = info;
  return { ...kept, id, title, readers, ...withoutUndefined({ label, metadata }) };
}
