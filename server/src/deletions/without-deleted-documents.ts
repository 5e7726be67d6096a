import {
  collectionNotFound,
  type Collection,
  type CollectionInfo,
  type Collections,
  type DocumentInfo,
  type DocumentInput,
  type Filter,
} from '@heddle/core';
import type { Lazy } from '../common/lazy.js';
import type { Deletions } from './deletions.js';

type Known = Pick<Deletions, 'list' | 'find' | 'finish' | 'forgetWithin'>;

/** Hides deleted collections and deleted documents, from people and from runs. */
export function withoutDeletedDocuments(stored: Lazy<Collections>, deletions: Known): Lazy<Collections> {
  const isDeleted = (name: string): boolean => deletions.find('collection', name) !== undefined;
  const shown = (infos: readonly CollectionInfo[]): readonly CollectionInfo[] =>
    infos.filter(({ name }) => !isDeleted(name)).map((info) => counted(info, deletions));
  const filtered = (collections: Collections): Collections => ({
    create: async (request) => {
      const before = deletions.find('collection', request.name);
      if (before !== undefined) await deletions.finish(before);
      const collection = await collections.create(request);
      // If a crash interrupted the drop of an earlier collection of this name, its deletions are still there.
      await deletions.forgetWithin(request.name);
      return withoutDeleted(collection, deletions);
    },
    open: async (name, options) => {
      if (isDeleted(name)) throw collectionNotFound(name);
      return withoutDeleted(await collections.open(name, options), deletions);
    },
    list: async () => shown(await collections.list()),
    survey: async () => {
      const found = await collections.survey();
      return { ...found, collections: shown(found.collections) };
    },
    drop: async (name) => {
      if (isDeleted(name)) return false;
      const wasThere = await collections.drop(name);
      await deletions.forgetWithin(name);
      return wasThere;
    },
    reindexing: collections.reindexing,
  });
  return {
    get: async () => filtered(await stored.get()),
    get isOpen() {
      return stored.isOpen;
    },
    close: () => stored.close(),
  };
}

function withoutDeleted(collection: Collection, deletions: Known): Collection {
  const { name, destination, embedding, reranking, settings } = collection;
  const deleted = (): ReadonlySet<string> => new Set(deletions.list('document', name).map(({ id }) => id));
  const through = collection.through?.bind(collection);
  return {
    name,
    destination,
    embedding,
    reranking,
    through: through === undefined ? undefined : (wrap) => withoutDeleted(through(wrap), deletions),
    readableBy: (names) => withoutDeleted(collection.readableBy(names), deletions),
    readers: collection.readers,
    info: async () => counted(await collection.info(), deletions),
    search: async (request, options) => {
      const found = await collection.search({ ...request, filter: excludeDeleted(request.filter, deleted()) }, options);
      // Some documents may have been deleted during the search.
      return found.filter(({ document }) => !deleted().has(document));
    },
    ingest: (documents, options) => collection.ingest(wanted(documents, name, options?.sync, deletions), options),
    delete: async (ids) => collection.delete(ids.filter((id) => !deleted().has(id))),
    documents: (options) => documentsOf(collection, deleted, options),
    document: async (id) => (deleted().has(id) ? undefined : collection.document(id)),
    passages: async (id) => (deleted().has(id) ? [] : collection.passages(id)),
    relevance: collection.relevance,
    graph: collection.graph?.without(deleted),
    settings: settings && {
      get: () => settings.get(),
      set: (wanted) => settings.set(wanted),
      tried: async (wanted) => withoutDeleted(await settings.tried(wanted), deletions),
    },
  };
}

/** Adds the deleted documents to the filter of a search, so that it does not return them. The filter is validated later. */
function excludeDeleted(filter: unknown, deleted: ReadonlySet<string>): unknown {
  if (deleted.size === 0) return filter;
  const seen: Filter = { op: 'not', filter: { op: 'in', field: 'document', value: [...deleted] } };
  return filter === undefined ? seen : { op: 'and', filters: [filter, seen] };
}

/** A page of documents without deleted ones. It is full unless it is the last, because callers read on until a page is short. */
async function documentsOf(
  collection: Collection,
  deleted: () => ReadonlySet<string>,
  { after, limit = 1_000 }: { readonly after?: string; readonly limit?: number } = {},
): Promise<readonly DocumentInfo[]> {
  const found: DocumentInfo[] = [];
  for (let last = after; found.length < limit;) {
    const page = await collection.documents({ limit, after: last });
    found.push(...page.filter(({ id }) => !deleted().has(id)));
    last = page.at(-1)?.id;
    if (page.length < limit) break;
  }
  return found.slice(0, limit);
}

function counted<Info extends { readonly name: string; readonly documents: number; readonly passages: number }>(
  info: Info,
  deletions: Known,
): Info {
  const deleted = deletions.list('document', info.name);
  const passages = deleted.reduce((sum, deletion) => sum + (deletion.passages ?? 0), 0);
  return {
    ...info,
    documents: Math.max(0, info.documents - deleted.length),
    passages: Math.max(0, info.passages - passages),
  };
}

/**
 * Passes on documents to import. If one replaces a deleted document, or is the file of a deleted record, that deletion is finished first.
 */
async function* wanted(
  documents: Iterable<DocumentInput> | AsyncIterable<DocumentInput>,
  name: string,
  isSync: boolean | undefined,
  deletions: Known,
): AsyncGenerator<DocumentInput> {
  const finish = async (isMeant: (id: string) => boolean): Promise<void> => {
    for (const deletion of deletions.list('document', name)) if (isMeant(deletion.id)) await deletions.finish(deletion);
  };
  // An import with `sync` names all documents and removes the others, so nothing can be restored after it.
  if (isSync === true) await finish(() => true);
  for await (const document of documents) {
    await finish((id) => id === document.id || id.startsWith(`${document.id}#`));
    yield document;
  }
}
