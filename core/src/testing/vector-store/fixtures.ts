import { labelOf } from '../../labels/label.js';
import type { Filter } from '../../ports/filter.js';
import type {
  PassagePosition,
  StoredDocument,
  StoredPassage,
  VectorCollection,
  VectorQuery,
  VectorStore,
  VisibleTo,
} from '../../ports/vector-store.js';
import { checkEqual } from '../suite.js';

/** What the suite tests: an empty store, and a way to reopen its data. */
export interface VectorStoreSubject {
  readonly store: VectorStore;
  /** Closes the store and opens it again with the same data. */
  reopen(): Promise<VectorStore>;
  /** Opens the data in a second program at the same time, if the store allows that. The test closes it. */
  readonly second?: () => Promise<VectorStore>;
  /** Opens the empty store of another installation on the same server or machine. The test empties and closes it. */
  readonly tenant?: () => Promise<VectorStore>;
}

/** The dimensions of the test embeddings. */
export const dimensions = 8;
/** The splitter of the test collections. */
export const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20 } as const;
/** The label of the test collections. */
export const label = labelOf('internal');

/** Returns a vector with ones at the given indexes and zeros elsewhere. */
export const at = (...locations: readonly number[]): Float32Array =>
  Float32Array.from({ length: dimensions }, (_, index) => (locations.includes(index) ? 1 : 0));

/** Returns a generator of pseudo-random numbers between -1 and 1, the same for a seed on every machine. */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

interface Extra extends Omit<Partial<StoredDocument['document']>, 'id'> {
  readonly passages?: readonly (Partial<StoredPassage> & { readonly text: string })[];
}

/** Creates a document with one passage for each text. Each passage has its own vector. */
export function documentOf(id: string, { passages = [], ...rest }: Extra = {}): StoredDocument {
  return {
    document: { id, title: `Title of ${id}`, mediaType: 'text/plain', hash: `hash-${id}`, size: 10, ...rest },
    passages: passages.map((passage, index) => ({ id: `${id}#${index}`, vector: at(index % dimensions), ...passage })),
  };
}

/** Two documents with two passages each and every type of metadata. */
export const animals: readonly StoredDocument[] = [
  documentOf('birds', {
    title: 'Birds of Europe',
    source: 'https://example.org/birds',
    metadata: { shelf: 'north', year: 2020 },
    passages: [
      {
        text: 'The robin sings in winter.',
        vector: at(0),
        metadata: { tags: ['song', 'small'], size: 14, rare: false },
      },
      {
        text: 'The eagle hunts over the mountains.',
        vector: at(1),
        metadata: { tags: ['hunter'], size: 90, rare: true, author: { name: 'Ada' } },
      },
    ],
  }),
  documentOf('fish', {
    title: 'Fish of the North Sea',
    source: 'https://example.org/fish',
    metadata: { shelf: 'south', year: 2024 },
    passages: [
      {
        text: 'Herring swim in large schools.',
        vector: at(2),
        context: 'Clupeidae',
        metadata: { size: 30, rare: false },
      },
      {
        text: 'The pike is a patient hunter of still waters.',
        vector: at(1, 2),
        metadata: { size: 110.5, rare: false, note: '' },
      },
    ],
  }),
];

/** Creates an empty collection. */
export const createPets = async (store: VectorStore, name = 'pets'): Promise<VectorCollection> =>
  store.create({ name, embedding: 'tiny', dimensions, splitter, label });

/** Creates a collection with both documents. */
export const filled = async ({ store }: VectorStoreSubject): Promise<VectorCollection> => {
  const pets = await createPets(store);
  await pets.put(animals);
  return pets;
};

/** Returns the ids of the found passages, best first. */
export const idsOf = async (collection: VectorCollection, query: VectorQuery): Promise<readonly string[]> =>
  (await collection.search(query)).map(({ id }) => id);

/** Creates a keyword search. */
export const ask = (text: string, k = 10): VectorQuery => ({ mode: 'lexical', text, k });

/** Returns the sorted ids of all passages that match a filter. */
export const kept = async (collection: VectorCollection, filter: Filter): Promise<readonly string[]> => {
  const ids = [...(await idsOf(collection, { mode: 'dense', vector: at(0, 1, 2), k: 10, filter }))].sort();
  checkEqual(await visibleIn(collection, { filter }), ids, 'What is visible is what a search finds');
  return ids;
};

/** Returns which passages of a collection are visible. Checks that passages that do not exist, or with a wrong document, never are. */
export async function visibleIn(collection: VectorCollection, to: VisibleTo): Promise<readonly string[]> {
  const positions: PassagePosition[] = [];
  for (const { id: document } of await collection.documents())
    for (const { id: passage } of await collection.passages(document)) positions.push({ document, passage });
  const [first] = positions;
  const wrong = first === undefined ? [] : [{ ...first, document: 'none' }];
  checkEqual([...(await collection.visible(wrong, to))], [], 'A passage is visible in its own document only');
  checkEqual([...(await collection.visible([], to))], [], 'Nothing is visible of nothing');
  return [...(await collection.visible(positions, to))].sort();
}
