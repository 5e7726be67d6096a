import { mayRead } from '../../access/readers.js';
import type { Filter } from '../../ports/filter.js';
import type { StoredDocument, VectorCollection, VectorQuery } from '../../ports/vector-store.js';
import { withoutUndefined } from '../../values/without-undefined.js';
import { check, checkEqual, type SuiteCase } from '../suite.js';
import { ask, at, createPets, documentOf, idsOf, visibleIn, type VectorStoreSubject } from './fixtures.js';

const ada = 'user:ada';
const bob = 'user:bob';
const legal = 'group:legal';

const restrict = (stored: StoredDocument, list: readonly string[] | null): StoredDocument => ({
  ...stored,
  readers: { list },
});

/** Four documents that all contain the word robin: for everybody, for Ada, for a group, for nobody. */
const documents: readonly StoredDocument[] = [
  documentOf('open', { metadata: { readers: [bob] }, passages: [{ text: 'robin of all', vector: at(0) }] }),
  restrict(documentOf('mine', { passages: [{ text: 'robin of Ada', vector: at(0, 1) }] }), [ada]),
  restrict(documentOf('ours', { passages: [{ text: 'robin of legal', vector: at(0, 2) }] }), [legal, 'user:cyd']),
  restrict(documentOf('shut', { passages: [{ text: 'robin of nobody', vector: at(0, 3) }] }), []),
];

const opened = async ({ store }: Pick<VectorStoreSubject, 'store'>): Promise<VectorCollection> => {
  const pets = await createPets(store);
  await pets.put(documents);
  return pets;
};

const queries = (readers: readonly string[] | undefined, filter?: Filter): readonly VectorQuery[] =>
  (['lexical', 'dense', 'hybrid'] as const).map((mode) => ({
    mode,
    text: 'robin',
    vector: at(0),
    k: 10,
    ...(filter === undefined ? {} : { filter }),
    ...(readers === undefined ? {} : { readers }),
  }));

/** The documents that a reader finds; must be the same in every mode. */
async function found(
  collection: VectorCollection,
  readers: readonly string[] | undefined,
  filter?: Filter,
): Promise<readonly string[]> {
  const lists: string[] = [];
  for (const query of queries(readers, filter))
    lists.push(JSON.stringify((await collection.search(query)).map(({ document }) => document).sort()));
  checkEqual(new Set(lists).size, 1, `Every mode finds the same: ${lists.join(' | ')}`);
  const documentsFound = JSON.parse(lists[0] ?? '[]') as string[];
  const visible = await visibleIn(collection, withoutUndefined({ readers, filter }));
  checkEqual(
    [...new Set(visible.map((id) => id.split('#')[0]))].sort(),
    [...new Set(documentsFound)],
    'What is visible is what a search finds',
  );
  return documentsFound;
}

const everything = ['mine', 'open', 'ours', 'shut'];

/** Tests of readers: who finds which documents, and what changes it. */
export const readerCases: readonly SuiteCase<VectorStoreSubject>[] = [
  {
    name: 'readers: a search finds what is open or names the reader, in every mode',
    async run(subject) {
      const pets = await opened(subject);
      checkEqual(await found(pets, undefined), everything, 'Without a reader everything is searched');
      checkEqual(await found(pets, []), ['open'], 'Somebody without a name');
      checkEqual(await found(pets, [ada]), ['mine', 'open'], 'Ada');
      checkEqual(await found(pets, [bob]), ['open'], 'Bob, whom only metadata names');
      checkEqual(await found(pets, [bob, legal]), ['open', 'ours'], 'A member of the group');
      checkEqual(await found(pets, [ada, legal]), ['mine', 'open', 'ours'], 'Both');
      checkEqual(await found(await (await subject.reopen()).open('pets'), [ada]), ['mine', 'open'], 'After a reopen');
    },
  },
  {
    name: 'readers: names are compared character by character',
    async run(subject) {
      const pets = await opened(subject);
      const alike = [
        'user:Ada',
        'user:ada ',
        ' user:ada',
        'user:\u0430da',
        'user:ada\u200B',
        'user:ad\u0061\u0301',
        'USER:ada',
        'ada',
        'user:*',
        'user:%',
      ];
      checkEqual(await found(pets, alike), ['open'], 'None of the similar names is Ada');
      await pets.setReaders([{ document: 'mine', readers: ['group:Zo\u00EB'] }]);
      checkEqual(await found(pets, ['group:Zoe\u0308']), ['open'], 'Another form of the same letters is another name');
      checkEqual(await found(pets, ['group:Zo\u00EB']), ['mine', 'open'], 'The same form');
    },
  },
  {
    name: 'readers: nobody is no name, and no name opens what nobody may read',
    async run(subject) {
      const pets = await opened(subject);
      const tries = [
        'nobody',
        'null',
        'undefined',
        '',
        '[]',
        '*',
        'everybody',
        'true',
        `x' OR '1'='1`,
        'user:',
        '\\',
        '{}',
      ];
      checkEqual(await found(pets, tries), ['open'], 'Only what is open');
      checkEqual((await pets.document('shut'))?.readers, [], 'The list is empty');
      checkEqual((await pets.document('open'))?.readers, undefined, 'And here there is none');
    },
  },
  {
    name: 'readers: a filter narrows and never widens',
    async run(subject) {
      const pets = await opened(subject);
      const onlyDocument = (value: string): Filter => ({ op: 'eq', field: 'document', value });
      const filters: readonly (readonly [Filter, readonly string[]])[] = [
        [onlyDocument('shut'), []],
        [{ op: 'or', filters: [onlyDocument('shut'), onlyDocument('mine'), onlyDocument('ours')] }, ['mine']],
        [{ op: 'not', filter: onlyDocument('open') }, ['mine']],
        [
          { op: 'or', filters: [{ op: 'not', filter: { op: 'exists', field: 'x' } }, onlyDocument('shut')] },
          ['mine', 'open'],
        ],
        [{ op: 'eq', field: 'readers', value: bob }, ['open']],
        [{ op: 'eq', field: 'readers', value: legal }, []],
        [{ op: 'exists', field: 'readers' }, ['open']],
        [{ op: 'not', filter: { op: 'exists', field: 'readers' } }, ['mine']],
        [{ op: 'eq', field: 'restricted', value: true }, []],
        [{ op: 'in', field: `readers') OR 1=1 --`, value: [legal] }, []],
      ];
      for (const [filter, ids] of filters) checkEqual(await found(pets, [ada], filter), ids, JSON.stringify(filter));
    },
  },
  {
    name: 'readers: a change acts on the next search, without writing the document again',
    async run(subject) {
      const pets = await opened(subject);
      const before = await pets.passages('mine');
      const changes = [
        { document: 'mine', readers: [bob] },
        { document: 'shut', readers: null },
        { document: 'open', readers: [legal, legal] },
        { document: 'none', readers: [ada] },
      ];
      checkEqual(await pets.setReaders(changes), 3, 'Unknown documents do not count');
      checkEqual(await found(pets, [ada]), ['shut'], 'Ada lost hers');
      checkEqual(await found(pets, [bob]), ['mine', 'shut'], 'Bob got it');
      checkEqual(await found(pets, [legal]), ['open', 'ours', 'shut'], 'The group');
      checkEqual(await pets.passages('mine'), before, 'The passages are as they were');
      checkEqual((await pets.document('open'))?.readers, [legal], 'A name stands once');
      checkEqual((await pets.info()).restricted, 3, 'The collection counts documents with a list');
      await pets.setReaders(['open', 'mine', 'ours', 'shut'].map((document) => ({ document, readers: null })));
      checkEqual(await found(pets, []), everything, 'All is open again');
      checkEqual((await pets.info()).restricted, undefined, 'And none has a list');
      checkEqual(await pets.setReaders([]), 0, 'Nothing to change');
    },
  },
  {
    name: 'readers: a document that is written again keeps its list, unless the write says otherwise',
    async run(subject) {
      const pets = await opened(subject);
      const again = (list?: readonly string[] | null, over?: readonly string[] | null): Promise<void> =>
        pets.put([
          {
            ...documentOf('mine', {
              passages: [
                { text: 'robin again', vector: at(0) },
                { text: 'robin twice', vector: at(0, 4) },
              ],
            }),
            ...(list === undefined ? {} : { readers: { list, ...(over === undefined ? {} : { over }) } }),
          },
        ]);
      await again();
      checkEqual(await found(pets, [bob]), ['open'], 'Kept');
      checkEqual(await found(pets, [ada]), ['mine', 'mine', 'open'], 'For Ada too');
      await again([bob], [legal]);
      checkEqual((await pets.document('mine'))?.readers, [ada], 'It was another one than the write expects');
      await again([bob], [ada]);
      checkEqual((await pets.document('mine'))?.readers, [bob], 'It was the expected one');
      await again(null);
      checkEqual(await found(pets, []), ['mine', 'mine', 'open'], 'Opened');
      await again([ada], null);
      checkEqual((await pets.document('mine'))?.readers, [ada], 'It was open, as the write expects');
      await pets.delete(['mine']);
      await again();
      checkEqual((await pets.document('mine'))?.readers, undefined, 'A list ends with its document');
      await pets.put([
        { ...documentOf('new', { passages: [{ text: 'robin' }] }), readers: { list: [bob], over: [ada] } },
      ]);
      checkEqual((await pets.document('new'))?.readers, [bob], 'A new document gets what the write says');
    },
  },
  {
    name: 'readers: lists go with a collection that gets another name',
    async run(subject) {
      const { store } = subject;
      await opened(subject);
      await createPets(store, 'other');
      await store.rename([
        { from: 'pets', to: 'pets@previous' },
        { from: 'other', to: 'pets' },
      ]);
      const pets = await store.open('pets');
      await pets.put([documentOf('mine', { passages: [{ text: 'robin' }] })]);
      checkEqual(await found(pets, []), ['mine'], 'The other collection has lists of its own');
      checkEqual(await found(await store.open('pets@previous'), [ada]), ['mine', 'open'], 'The lists are there');
      await store.drop('pets@previous');
      await createPets(store, 'pets@previous');
      const fresh = await store.open('pets@previous');
      await fresh.put([documentOf('mine', { passages: [{ text: 'robin' }] })]);
      checkEqual(await found(fresh, []), ['mine'], 'A new collection of that name has no lists');
    },
  },
  {
    name: 'readers: thousands of readers of a document, hundreds of names of a reader',
    async run({ store }) {
      const pets = await createPets(store);
      const list = Array.from({ length: 5_000 }, (_, index) => `user:u_${index}`);
      const names = Array.from({ length: 500 }, (_, index) => `group:g_${index}`);
      const passages = Array.from({ length: 20 }, (_, index) => ({ text: `robin ${index}`, vector: at(index % 8) }));
      await pets.put([
        restrict(documentOf('many', { passages }), list),
        restrict(documentOf('group', { passages: [{ text: 'robin' }] }), ['group:g_499']),
        restrict(documentOf('other', { passages: [{ text: 'robin' }] }), ['group:g_500']),
      ]);
      const of = async (readers: readonly string[]): Promise<readonly string[]> =>
        [...new Set((await pets.search({ ...ask('robin', 50), readers })).map(({ document }) => document))].sort();
      checkEqual(await of(['user:u_4999', ...names]), ['group', 'many'], 'One of the readers, in many groups');
      checkEqual(await of(names), ['group'], 'Somebody in many groups');
      checkEqual((await pets.document('many'))?.readers?.length, 5_000, 'The whole list');
      await pets.setReaders([{ document: 'many', readers: list.slice(1) }]);
      checkEqual(await of(['user:u_0']), [], 'One reader less');
      checkEqual(await of(['user:u_1']), ['many'], 'The others stay');
    },
  },
  {
    name: 'readers: what a second program changes acts on the next search of the first',
    async run(subject) {
      const pets = await opened(subject);
      if (subject.second === undefined) return;
      const second = await subject.second();
      try {
        checkEqual(await found(pets, [bob]), ['open'], 'Before');
        await (await second.open('pets')).setReaders([{ document: 'mine', readers: [bob] }]);
        checkEqual(await found(pets, [bob]), ['mine', 'open'], 'Given');
        await (await second.open('pets')).setReaders([{ document: 'mine', readers: [] }]);
        checkEqual(await found(pets, [ada, bob]), ['open'], 'Taken');
      } finally {
        await second.close();
      }
    },
  },
  {
    name: 'readers: a list that changes while the document is written again is not lost',
    async run(subject) {
      const pets = await opened(subject);
      const passages = Array.from({ length: 300 }, (_, index) => ({ text: `robin ${index}`, vector: at(index % 8) }));
      for (let round = 0; round < 5; round += 1) {
        const readers = [`user:r_${round}`];
        await Promise.all([
          pets.put([documentOf('mine', { passages })]),
          pets.setReaders([{ document: 'mine', readers }]),
        ]);
        checkEqual((await pets.document('mine'))?.readers, readers, 'The list');
        const mine: Filter = { op: 'eq', field: 'document', value: 'mine' };
        checkEqual(
          await idsOf(pets, { ...ask('robin', 1000), filter: mine, readers: [ada, 'user:r_x'] }),
          [],
          'Nobody else',
        );
        checkEqual((await pets.search({ ...ask('robin', 1000), filter: mine, readers })).length, 300, 'All of it');
      }
    },
  },
];

/** Options of the random test. */
export interface RandomReaders {
  readonly seed: number;
  readonly documents: number;
  readonly searches: number;
  readonly k?: number;
  readonly dimensions?: number;
  /** The search modes to alternate between. Default: all. */
  readonly modes?: readonly VectorQuery['mode'][];
}

/** The result of the random test. */
export interface RandomReadersResult {
  readonly searches: number;
  /** Number of results that the reader must not read. */
  readonly forbidden: number;
  /** Share of the results of an exact search that were found. */
  readonly recall: { readonly dense: number; readonly lexical: number };
}

/**
 * Searches as random readers over documents with random reader lists that change meanwhile. Compares each dense search with exact scores,
 * and each lexical search with the same search over everything, from which the forbidden passages are removed.
 */
export async function searchAsRandomReaders(
  store: VectorStoreSubject['store'],
  { seed, documents: count, searches, k = 10, dimensions = 24, modes = ['dense', 'lexical', 'hybrid'] }: RandomReaders,
): Promise<RandomReadersResult> {
  const random = randomOf(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const name = (): string => (random() < 0.5 ? `user:u_${below(60)}` : `group:g_${below(25)}`);
  const list = (): string[] | null => (random() < 0.3 ? null : Array.from({ length: below(6) }, name));
  const words = Array.from({ length: 40 }, (_, index) => `word${String.fromCharCode(97 + (index % 26))}${index}`);
  const text = (): string => Array.from({ length: 8 }, () => words[below(words.length)]).join(' ');
  const vector = (): Float32Array => Float32Array.from({ length: dimensions }, () => random() * 2 - 1);
  const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20 } as const;
  const collection = await store.create({
    name: 'random',
    embedding: 'tiny',
    dimensions,
    splitter,
    label: { level: 'internal', marks: [] },
  });
  const held = new Map<string, { readonly stored: StoredDocument; readonly list: readonly string[] | null }>();
  const made = (id: string): StoredDocument =>
    documentOf(id, { passages: Array.from({ length: 1 + below(4) }, () => ({ text: text(), vector: vector() })) });
  const put = async (ids: readonly string[]): Promise<void> => {
    const batch = ids.map((id) => ({ ...made(id), readers: { list: list() } }));
    await collection.put(batch);
    for (const stored of batch) held.set(stored.document.id, { stored, list: stored.readers.list });
  };
  for (let start = 0; start < count; start += 100)
    await put(Array.from({ length: Math.min(100, count - start) }, (_, index) => `d${start + index}`));

  const tally = { forbidden: 0, dense: [0, 0], lexical: [0, 0] } as {
    forbidden: number;
    readonly dense: [number, number];
    readonly lexical: [number, number];
  };
  for (let at = 0; at < searches; at += 1) {
    const id = `d${below(count)}`;
    if (at % 7 === 3) {
      const readers = list();
      await collection.setReaders([{ document: id, readers }]);
      const before = held.get(id);
      if (before !== undefined) held.set(id, { ...before, list: readers });
    } else if (at % 41 === 5) await put([id]);
    else if (at % 97 === 11) {
      await collection.delete([id]);
      held.delete(id);
    }
    const readers = Array.from({ length: below(8) }, name);
    const mode = modes[at % modes.length] ?? 'dense';
    const query: VectorQuery = { mode, vector: vector(), text: text(), k, readers };
    const results = await collection.search(query);
    tally.forbidden += results.filter(({ document }) => !mayRead(held.get(document)?.list ?? null, readers)).length;
    if (mode === 'hybrid') continue;
    const exact = mode === 'dense' ? nearestOf(held, query) : await lexicalOf(collection, held, query);
    const ids = new Set(results.map((one) => one.id));
    tally[mode][0] += exact.filter((one) => ids.has(one)).length;
    tally[mode][1] += exact.length;
  }
  const share = ([part, whole]: readonly [number, number]): number => (whole === 0 ? 1 : part / whole);
  return { searches, forbidden: tally.forbidden, recall: { dense: share(tally.dense), lexical: share(tally.lexical) } };
}

type HeldDocuments = ReadonlyMap<string, { readonly stored: StoredDocument; readonly list: readonly string[] | null }>;

function nearestOf(held: HeldDocuments, { vector, k, readers = [] }: VectorQuery): readonly string[] {
  const scored: { readonly id: string; readonly score: number }[] = [];
  for (const { stored, list } of held.values())
    if (mayRead(list, readers))
      for (const passage of stored.passages) scored.push({ id: passage.id, score: cosine(vector, passage.vector) });
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, k)
    .map(({ id }) => id);
}

/** The same search over everything, without what the reader must not read. Passages with the same score as the last one count as found. */
async function lexicalOf(
  collection: VectorCollection,
  held: HeldDocuments,
  { readers: names = [], ...query }: VectorQuery,
): Promise<readonly string[]> {
  const all = await collection.search({ ...query, k: 100_000 });
  const allowed = all.filter(({ document }) => mayRead(held.get(document)?.list ?? null, names));
  const last = allowed[query.k - 1]?.score ?? -Infinity;
  const isSure = (score: number | undefined): boolean => allowed.length <= query.k || (score ?? 0) > last + 1e-9;
  return allowed
    .slice(0, query.k)
    .filter(({ score }) => isSure(score))
    .map(({ id }) => id);
}

function cosine(a: Float32Array | undefined, b: Float32Array): number {
  let sum = 0;
  let left = 0;
  let right = 0;
  b.forEach((value, index) => {
    const other = a?.[index] ?? 0;
    sum += value * other;
    left += other * other;
    right += value * value;
  });
  return sum / Math.sqrt(left * right || 1);
}

/** Generates numbers from 0 to 1, the same for a seed on every machine. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Throws unless the random test found nothing forbidden and recall is high enough. */
export function checkRandomReaders({ forbidden, recall }: RandomReadersResult): void {
  checkEqual(forbidden, 0, 'Results that the reader may not read');
  check(recall.dense >= 0.995, `The recall of semantic search is ${recall.dense}`);
  check(recall.lexical >= 0.995, `The recall of keyword search is ${recall.lexical}`);
}
