import {
  mayRead,
  withoutUndefined,
  type DocumentInfo,
  type Filter,
  type PassagePosition,
  type VectorCollection,
  type VisibleTo,
} from '@heddle/core';

/** Most passages that one query returns. */
const mostPassages = 1_000;
/** Most documents in one query. */
const mostDocuments = 100;
/** Documents that are read at the same time. */
const atOnce = 50;

/** A collection whose store cannot check visibility itself. */
export interface Asked {
  readonly inner: Pick<VectorCollection, 'document' | 'search'>;
  readonly dimensions: number;
}

/**
 * Finds the visible passages by reading their documents and by searching with the filter. Of a document with more than 1,000 passages, some
 * may be missing.
 */
export async function visibleBySearch(
  asked: Asked,
  positions: readonly PassagePosition[],
  to: VisibleTo,
): Promise<ReadonlySet<string>> {
  const documents = await readable(asked, [...new Set(positions.map(({ document }) => document))], to);
  const { filter } = to;
  const there = positions.filter(({ document }) => documents.has(document));
  if (filter === undefined) return new Set(there.map(({ passage }) => passage));
  const kept = await keptOf(asked, [...documents.values()], { ...to, filter });
  return new Set(there.filter(({ passage, document }) => kept.get(passage) === document).map(({ passage }) => passage));
}

async function readable(
  { inner }: Asked,
  ids: readonly string[],
  { readers, signal }: VisibleTo,
): Promise<ReadonlyMap<string, DocumentInfo>> {
  const found = new Map<string, DocumentInfo>();
  for (let from = 0; from < ids.length; from += atOnce) {
    signal?.throwIfAborted();
    const infos = await Promise.all(ids.slice(from, from + atOnce).map((id) => inner.document(id)));
    for (const info of infos)
      if (info !== undefined && (readers === undefined || mayRead(info.readers, readers))) found.set(info.id, info);
  }
  return found;
}

/** The document of each passage that matches the filter, by passage id. */
async function keptOf(
  { inner, dimensions }: Asked,
  documents: readonly DocumentInfo[],
  { filter, readers, signal }: VisibleTo & { readonly filter: Filter },
): Promise<ReadonlyMap<string, string>> {
  // Any vector of the right length: it only matters whether a passage is found.
  const vector = new Float32Array(dimensions);
  vector[0] = 1;
  const kept = new Map<string, string>();
  for (const batch of batchesOf(documents)) {
    const among: Filter = {
      op: 'and',
      filters: [filter, { op: 'in', field: 'document', value: batch.map(({ id }) => id) }],
    };
    const query = { mode: 'dense' as const, k: mostPassages, vector, filter: among, readers, signal };
    for (const { id, document } of await inner.search(withoutUndefined(query))) kept.set(id, document);
  }
  return kept;
}

/**
 * Groups documents whose passages fit into one result. A longer document gets a query of its own, which finds only its nearest passages.
 */
function batchesOf(documents: readonly DocumentInfo[]): readonly (readonly DocumentInfo[])[] {
  const batches: DocumentInfo[][] = [];
  let room = 0;
  for (const one of documents) {
    const last = batches.at(-1);
    if (last === undefined || one.passages > room || last.length === mostDocuments) {
      batches.push([one]);
      room = mostPassages - one.passages;
    } else {
      last.push(one);
      room -= one.passages;
    }
  }
  return batches;
}
