import {
  HeddleError,
  mayRead,
  readersAfter,
  type CollectionInfo,
  type CreateCollection,
  type DocumentInfo,
  type Passage,
  type StoredDocument,
  type VectorCollection,
  type VectorStore,
} from '@heddle/core';

/**
 * A vector store in memory for tests: dense search by dot product, lexical search by shared words, hybrid search by the sum. It counts its
 * writes.
 */
export interface MemoryStore extends VectorStore {
  readonly puts: readonly (readonly StoredDocument[])[];
}

interface Held {
  readonly collection: CreateCollection;
  readonly documents: Map<string, StoredDocument>;
  readonly notes: Map<string, string>;
  /** The readers of each document. */
  readonly lists: Map<string, readonly string[]>;
}

export function createMemoryStore(kind: VectorStore['kind'] = 'embedded'): MemoryStore {
  const held = new Map<string, Held>();
  const puts: (readonly StoredDocument[])[] = [];
  const open = (name: string): Held => {
    const found = held.get(name);
    if (found === undefined) throw new HeddleError('collection_not_found', `No collection '${name}'.`);
    return found;
  };
  return {
    kind,
    puts,
    create: async (collection) => {
      held.set(collection.name, { collection, documents: new Map(), notes: new Map(), lists: new Map() });
      return memoryCollection(open(collection.name), kind, puts);
    },
    list: async () => [...held.values()].map((entry) => infoOf(entry, kind)),
    open: async (name) => memoryCollection(open(name), kind, puts),
    drop: async (name) => held.delete(name),
    rename: async (moves) => {
      const found = moves.map(({ from, to }) => ({ entry: open(from), to }));
      for (const { from } of moves) held.delete(from);
      for (const { entry, to } of found) held.set(to, { ...entry, collection: { ...entry.collection, name: to } });
    },
    close: async () => undefined,
  };
}

function memoryCollection(
  held: Held,
  kind: VectorStore['kind'],
  puts: (readonly StoredDocument[])[],
): VectorCollection {
  const { documents, lists } = held;
  const all = (): Passage[] => [...documents.values()].flatMap(passagesOf);
  return {
    name: held.collection.name,
    info: async () => infoOf(held, kind),
    put: async (batch) => {
      puts.push(batch);
      for (const stored of batch) {
        const { id } = stored.document;
        const list = readersAfter(documents.has(id) ? { readers: lists.get(id) } : undefined, stored.readers);
        documents.set(id, stored);
        if (list === undefined) lists.delete(id);
        else lists.set(id, list);
      }
    },
    delete: async (ids) => {
      for (const id of ids) lists.delete(id);
      return ids.filter((id) => documents.delete(id)).length;
    },
    setReaders: async (changes) => {
      const known = changes.filter(({ document }) => documents.has(document));
      for (const { document, readers } of known)
        if (readers === null) lists.delete(document);
        else lists.set(document, readersAfter(undefined, { list: readers }) ?? []);
      return known.length;
    },
    documents: async ({ after = '', limit = 100 } = {}) =>
      [...documents.values()]
        .map((stored) => documentInfo(stored, lists))
        .filter(({ id }) => id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    document: async (id) => (documents.has(id) ? documentInfo(documents.get(id)!, lists) : undefined),
    passages: async (id) => (documents.has(id) ? passagesOf(documents.get(id)!) : []),
    vectors: async (id) => new Map((documents.get(id)?.passages ?? []).map((passage) => [passage.id, passage.vector])),
    note: async (key) => held.notes.get(key),
    setNote: async (key, text) => void (text === undefined ? held.notes.delete(key) : held.notes.set(key, text)),
    visible: async (positions, { readers }) => {
      const owners = new Map(all().map(({ id, document }) => [id, document]));
      const isVisible = ({ passage, document }: (typeof positions)[number]): boolean =>
        owners.get(passage) === document && (readers === undefined || mayRead(lists.get(document), readers));
      return new Set(positions.filter(isVisible).map(({ passage }) => passage));
    },
    neighbours: async (passageId, before, after) => {
      const passages = all();
      const own = passages.find(({ id }) => id === passageId);
      const siblings = passages.filter(({ document }) => document === own?.document);
      const index = siblings.findIndex(({ id }) => id === passageId);
      return siblings.slice(Math.max(0, index - before), index + after + 1);
    },
    search: async ({ vector, text, mode, k, readers }) => {
      const vectors = new Map(
        [...documents.values()].flatMap(({ passages }) => passages.map((passage) => [passage.id, passage.vector])),
      );
      const readable = all().filter(({ document }) => readers === undefined || mayRead(lists.get(document), readers));
      const scored = readable.map((passage): Passage => {
        const dense = mode === 'lexical' || vector === undefined ? undefined : dot(vector, vectors.get(passage.id)!);
        const lexical = mode === 'dense' || text === undefined ? undefined : shared(text, passage.text);
        const scores = { dense, lexical };
        return { ...passage, scores, score: (dense ?? 0) + (lexical ?? 0) };
      });
      return scored.sort((a, b) => b.score! - a.score!).slice(0, k);
    },
  };
}

const passagesOf = ({ document, passages }: StoredDocument): Passage[] =>
  passages.map(({ vector: _vector, context: _context, header: _header, ...passage }) => ({
    ...passage,
    document: document.id,
    title: document.title,
    label: document.label,
  }));

const documentInfo = (
  { document, passages }: StoredDocument,
  lists: ReadonlyMap<string, readonly string[]>,
): DocumentInfo => ({
  ...document,
  ...(lists.has(document.id) ? { readers: [...lists.get(document.id)!] } : {}),
  passages: passages.length,
  updatedAt: 0,
});

const infoOf = ({ collection, documents, lists }: Held, store: VectorStore['kind']): CollectionInfo => ({
  ...collection,
  store,
  documents: documents.size,
  ...(lists.size > 0 ? { restricted: lists.size } : {}),
  passages: [...documents.values()].reduce((sum, { passages }) => sum + passages.length, 0),
  createdAt: 0,
  updatedAt: 0,
});

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0);

function shared(query: string, text: string): number {
  const terms = new Set(text.toLowerCase().split(/\W+/));
  return query
    .toLowerCase()
    .split(/\W+/)
    .filter((word) => terms.has(word)).length;
}
