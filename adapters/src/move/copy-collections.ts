import {
  HeddleError,
  type CollectionInfo,
  type DocumentInfo,
  type Passage,
  type Tables,
  type VectorCollection,
  type VectorStore,
} from '@heddle/core';
import { isDeepStrictEqual } from 'node:util';
import { graphKey } from '../collections/graph/graph-options.js';
import { rulesKey } from '../collections/readers/reader-rules.js';
import { settingKey } from '../collections/relevance/stored-relevance.js';
import { contextOf } from '../collections/prepare-document.js';
import { copyDocuments, type HeadersOf } from '../collections/reindex/copy-documents.js';
import { isOtherIndex } from '../collections/reindex/index-names.js';
import { searchKey } from '../collections/search/stored-settings.js';
import { openIn } from '../collections/stores/open-in.js';
import { cleanJson } from '../postgres/clean-text.js';
import { headersOfDocument } from '../stores/collections/passage-headers.js';
import type { EmbeddedStore } from '../vectors/embedded/embedded-store.js';
import type { MatchedHeaders } from '../vectors/embedded/worker/protocol.js';
import type { Stop } from './rows/examine-rows.js';

/** The notes of a collection that are copied. Notes that are computed from documents are computed again. */
const notes = [settingKey, searchKey, rulesKey, graphKey];

/** The name of an incomplete copy. No list shows it, as with other temporary indexes. */
const draftOf = (name: string): string => `${name}@moving`;

const pageSize = 500;

interface ExaminedCollections {
  readonly collections: readonly CollectionInfo[];
  readonly stops: readonly Stop[];
}

/** Checks the collections of the old store. Without a new store, they would be lost. Errors: those of the stores. */
export async function examineCollections(
  from: EmbeddedStore,
  to: VectorStore | undefined,
  tables: Pick<Tables, 'all'>,
): Promise<ExaminedCollections> {
  const collections = (await from.list()).filter(({ name }) => !isOtherIndex(name));
  const stops: Stop[] = [];
  if (to === undefined && collections.length > 0)
    stops.push({
      code: 'move_blocked',
      message: `Processes on Postgres cannot use collections in the data folder, which has ${collections.length} (${namesOf(collections)}): name a server for them with --vectors, PGVECTOR_URL or QDRANT_URL, or leave them there with --leave-collections.`,
    });
  if (to === undefined) return { collections, stops };
  for (const collection of collections) {
    const lost = await countLostHeaders(from, collection, tables);
    if (lost > 0)
      stops.push({
        code: 'move_blocked',
        message: `The headers of ${lost} passages of '${collection.name}' are not stored with it, so they cannot be copied: move the collection to the server first (heddle reindex start ${collection.name} --store ${to.kind}), which writes the headers again, or leave all collections there with --leave-collections.`,
      });
    const there = await openIn(to, collection.name);
    if (there !== undefined && (await differenceOf(await from.open(collection.name), there)) !== undefined)
      stops.push({
        code: 'collection_exists',
        message: `The ${to.kind} server has another collection '${collection.name}': remove or rename one of them, or leave those of the folder with --leave-collections.`,
      });
  }
  return { collections, stops };
}

const namesOf = (collections: readonly CollectionInfo[]): string =>
  `${collections
    .slice(0, 3)
    .map(({ name }) => name)
    .join(', ')}${collections.length > 3 ? ', …' : ''}`;

/**
 * Copies collections with their vectors to another store, so nothing is embedded again. A copy becomes visible when it is complete and
 * equal to its source. A collection that an earlier attempt copied is only compared. Errors: `move_differs`, those of the stores.
 */
export async function copyCollections(
  from: EmbeddedStore,
  to: VectorStore,
  { collections, tables }: Pick<ExaminedCollections, 'collections'> & { readonly tables: Pick<Tables, 'all'> },
  onCopied: (name: string, documents: number) => void,
): Promise<void> {
  for (const info of collections) {
    const source = await from.open(info.name);
    const found = await openIn(to, info.name);
    if (found === undefined) {
      const draft = await copyDraft(source, to, info, { onCopied, headersOf: headersOf(from, info, tables) });
      await to.rename([{ from: draft, to: info.name }]);
    } else refuseDifference(info.name, await differenceOf(source, found));
  }
}

/** Copies a collection under a temporary name, and returns that name. */
async function copyDraft(
  source: VectorCollection,
  to: VectorStore,
  { name, embedding, dimensions, splitter, label }: CollectionInfo,
  { onCopied, headersOf }: { readonly onCopied: (name: string, documents: number) => void; headersOf: HeadersOf },
): Promise<string> {
  const draft = draftOf(name);
  await to.drop(draft);
  const target = await to.create({ name: draft, embedding, dimensions, splitter, label });
  let copied = 0;
  for await (const page of pagesOf(source)) {
    const ids = page.map(({ id }) => id);
    const before = copied;
    await copyDocuments(source, target, ids, {
      signal: undefined,
      headersOf,
      onCopied: (done) => onCopied(name, before + done),
    });
    copied += ids.length;
  }
  for (const key of notes) await target.setNote(key, await source.note(key));
  refuseDifference(name, await differenceOf(source, target));
  return draft;
}

/** Finds the headers of passages. They are stored for all indexes with the name of the collection. */
async function matched(
  from: EmbeddedStore,
  { name, splitter }: CollectionInfo,
  tables: Pick<Tables, 'all'>,
  { id, title }: DocumentInfo,
  passages: readonly Passage[],
): Promise<MatchedHeaders> {
  if (splitter.header === undefined) return { headers: new Map(), unknown: 0 };
  const contexts = passages.map(({ place }) => contextOf(title, place?.headings ?? []));
  return from.matchHeaders(name, { document: id, contexts, headers: await headersOfDocument(tables, name, id) });
}

const headersOf =
  (from: EmbeddedStore, info: CollectionInfo, tables: Pick<Tables, 'all'>): HeadersOf =>
  async (document, passages) =>
    (await matched(from, info, tables, document, passages)).headers;

async function countLostHeaders(
  from: EmbeddedStore,
  info: CollectionInfo,
  tables: Pick<Tables, 'all'>,
): Promise<number> {
  if (info.splitter.header === undefined) return 0;
  const collection = await from.open(info.name);
  let lost = 0;
  for await (const page of pagesOf(collection))
    for (const document of page)
      lost += (await matched(from, info, tables, document, await collection.passages(document.id))).unknown;
  return lost;
}

/** The documents of a collection in pages, because there can be more than fit into memory. */
async function* pagesOf(collection: VectorCollection): AsyncGenerator<readonly DocumentInfo[]> {
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: readonly DocumentInfo[] = await collection.documents({ limit: pageSize, after });
    if (page.length > 0) yield page;
    after = page.at(-1)?.id;
  }
}

function refuseDifference(name: string, difference: string | undefined): void {
  if (difference === undefined) return;
  throw new HeddleError(
    'move_differs',
    `The copy of the collection '${name}' differs: ${difference}. The folder is unchanged.`,
    {
      details: { collection: name },
    },
  );
}

/** The first difference between a collection and its copy; undefined if they are equal. */
async function differenceOf(one: VectorCollection, other: VectorCollection): Promise<string | undefined> {
  const here = await one.info();
  const there = await other.info();
  if (
    here.embedding !== there.embedding ||
    here.dimensions !== there.dimensions ||
    !isDeepStrictEqual(here.label, there.label)
  )
    return 'its model or its label';
  for (const key of notes) if ((await one.note(key)) !== (await other.note(key))) return `its setting '${key}'`;
  if (here.documents !== there.documents) return 'its list of documents';
  for await (const page of pagesOf(one))
    for (const { id } of page) if (!(await isSameDocument(one, other, id))) return `the document '${id}'`;
  return undefined;
}

async function isSameDocument(one: VectorCollection, other: VectorCollection, id: string): Promise<boolean> {
  const infos = [await one.document(id), await other.document(id)].map((info) => info && { ...info, updatedAt: 0 });
  if (!isSame(infos[0], infos[1]) || !isSame(await passagesOf(one, id), await passagesOf(other, id))) return false;
  const here = await one.vectors(id);
  const there = await other.vectors(id);
  return (
    here.size === there.size && [...here].every(([passage, vector]) => isSameDirection(vector, there.get(passage)))
  );
}

/** Passages without the name of the collection, which differs until the copy is renamed. */
const passagesOf = async (collection: VectorCollection, id: string): Promise<readonly unknown[]> =>
  (await collection.passages(id)).map(({ collection: _collection, ...passage }) => passage);

/** Compares texts as Postgres stores them: it replaces characters that it cannot store. */
const isSame = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(JSON.parse(cleanJson(one) ?? 'null'), JSON.parse(cleanJson(other) ?? 'null'));

/** Compares only the directions: stores may keep vectors with another length or precision. */
function isSameDirection(one: Float32Array, other: Float32Array | undefined): boolean {
  if (other?.length !== one.length) return false;
  let dot = 0;
  let left = 0;
  let right = 0;
  for (const [at, value] of one.entries()) {
    const there = other[at] ?? 0;
    dot += value * there;
    left += value * value;
    right += there * there;
  }
  return left === 0 || right === 0 ? left === right : dot / Math.sqrt(left * right) > 0.999;
}
