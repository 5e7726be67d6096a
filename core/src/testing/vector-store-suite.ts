import { labelOf } from '../labels/label.js';
import type { Filter } from '../ports/filter.js';
import type {
  StoredDocument,
  StoredPassage,
  VectorCollection,
  VectorQuery,
  VectorStore,
} from '../ports/vector-store.js';
import { check, checkEqual, checkRejects, type SuiteCase } from './suite.js';

/** What the suite runs on: an empty store, and a way to open the same data anew. */
export interface VectorStoreSubject {
  readonly store: VectorStore;
  /** Closes the store and opens another one on the same data. */
  reopen(): Promise<VectorStore>;
}

const dimensions = 8;
const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20 } as const;
const label = labelOf('internal');

/** A vector of ones and zeros: one at the named places. */
const at = (...places: readonly number[]): Float32Array =>
  Float32Array.from({ length: dimensions }, (_, index) => (places.includes(index) ? 1 : 0));

/** Numbers between -1 and 1 from a seed: the same on every run and machine. */
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

/** A document with one passage a text, its vectors told apart by their place. */
export function documentOf(id: string, { passages = [], ...rest }: Extra = {}): StoredDocument {
  return {
    document: { id, title: `Title of ${id}`, mediaType: 'text/plain', hash: `hash-${id}`, size: 10, ...rest },
    passages: passages.map((passage, index) => ({ id: `${id}#${index}`, vector: at(index % dimensions), ...passage })),
  };
}

const animals: readonly StoredDocument[] = [
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

const createPets = async (store: VectorStore, name = 'pets'): Promise<VectorCollection> =>
  store.create({ name, embedding: 'tiny', dimensions, splitter, label });

const filled = async ({ store }: VectorStoreSubject): Promise<VectorCollection> => {
  const pets = await createPets(store);
  await pets.put(animals);
  return pets;
};

const idsOf = async (collection: VectorCollection, query: VectorQuery): Promise<readonly string[]> =>
  (await collection.search(query)).map(({ id }) => id);

const ask = (text: string, k = 10): VectorQuery => ({ mode: 'lexical', text, k });

const kept = async (collection: VectorCollection, filter: Filter): Promise<readonly string[]> =>
  [...(await idsOf(collection, { mode: 'dense', vector: at(0, 1, 2), k: 10, filter }))].sort();

const filterCases: readonly (readonly [name: string, filter: Filter, ids: readonly string[]])[] = [
  ['eq on a number', { op: 'eq', field: 'size', value: 14 }, ['birds#0']],
  ['eq on a fraction', { op: 'eq', field: 'size', value: 110.5 }, ['fish#1']],
  ['eq on a text of the document', { op: 'eq', field: 'shelf', value: 'south' }, ['fish#0', 'fish#1']],
  ['eq on a boolean', { op: 'eq', field: 'rare', value: true }, ['birds#1']],
  ['eq tells 1 and true apart', { op: 'eq', field: 'rare', value: 1 }, []],
  ['eq tells 14 and "14" apart', { op: 'eq', field: 'size', value: '14' }, []],
  ['eq on an item of a list', { op: 'eq', field: 'tags', value: 'small' }, ['birds#0']],
  ['eq on a field inside an object', { op: 'eq', field: 'author.name', value: 'Ada' }, ['birds#1']],
  ['in', { op: 'in', field: 'size', value: [14, 30, 99] }, ['birds#0', 'fish#0']],
  ['in with values of several kinds', { op: 'in', field: 'tags', value: ['hunter', 4, true] }, ['birds#1']],
  ['gt', { op: 'gt', field: 'size', value: 30 }, ['birds#1', 'fish#1']],
  ['gte', { op: 'gte', field: 'size', value: 30 }, ['birds#1', 'fish#0', 'fish#1']],
  ['lt', { op: 'lt', field: 'size', value: 30 }, ['birds#0']],
  ['lte', { op: 'lte', field: 'size', value: 30 }, ['birds#0', 'fish#0']],
  ['gt leaves other kinds out', { op: 'gt', field: 'shelf', value: 0 }, []],
  ['exists', { op: 'exists', field: 'tags' }, ['birds#0', 'birds#1']],
  ['exists on an empty text', { op: 'exists', field: 'note' }, ['fish#1']],
  ['document', { op: 'eq', field: 'document', value: 'fish' }, ['fish#0', 'fish#1']],
  ['document in', { op: 'in', field: 'document', value: ['birds', 'none'] }, ['birds#0', 'birds#1']],
  ['title', { op: 'eq', field: 'title', value: 'Birds of Europe' }, ['birds#0', 'birds#1']],
  ['source', { op: 'eq', field: 'source', value: 'https://example.org/fish' }, ['fish#0', 'fish#1']],
  [
    'and',
    {
      op: 'and',
      filters: [
        { op: 'eq', field: 'year', value: 2020 },
        { op: 'gt', field: 'size', value: 20 },
      ],
    },
    ['birds#1'],
  ],
  [
    'or',
    {
      op: 'or',
      filters: [
        { op: 'eq', field: 'size', value: 14 },
        { op: 'eq', field: 'size', value: 30 },
      ],
    },
    ['birds#0', 'fish#0'],
  ],
  ['not', { op: 'not', filter: { op: 'eq', field: 'rare', value: false } }, ['birds#1']],
  ['not exists', { op: 'not', filter: { op: 'exists', field: 'tags' } }, ['fish#0', 'fish#1']],
  [
    'not inside and inside or',
    {
      op: 'or',
      filters: [
        {
          op: 'and',
          filters: [
            { op: 'not', filter: { op: 'exists', field: 'tags' } },
            { op: 'lt', field: 'size', value: 50 },
          ],
        },
        { op: 'eq', field: 'tags', value: 'song' },
      ],
    },
    ['birds#0', 'fish#0'],
  ],
  ['a field that no passage has', { op: 'eq', field: 'colour', value: 'red' }, []],
  ['a field with a hostile name', { op: 'eq', field: `x' OR 1=1 --"$.[]`, value: 'red' }, []],
  ['a hostile value', { op: 'eq', field: 'shelf', value: `south' OR '1'='1` }, []],
];

const hostileTexts: readonly string[] = [
  '"',
  "'",
  '""" OR "',
  'NEAR(robin eagle, 2)',
  'robin AND',
  'OR',
  'NOT robin',
  '*',
  'rob*',
  '(',
  ')(',
  '{text}: robin',
  'text : robin',
  '^robin',
  '-robin',
  'robin\u0000eagle',
  '\u0000',
  '\uD800',
  '',
  '   ',
  '\\',
  ';DROP TABLE collections',
  Array.from({ length: 5000 }, (_, index) => `word${index}`).join(' '),
  'a'.repeat(100_000),
];

const cases: readonly SuiteCase<VectorStoreSubject>[] = [
  {
    name: 'creates a collection, lists it and tells what it is',
    async run({ store }) {
      const pets = await createPets(store);
      const info = await pets.info();
      checkEqual(
        {
          name: info.name,
          embedding: info.embedding,
          dimensions: info.dimensions,
          splitter: info.splitter,
          label: info.label,
          store: info.store,
          documents: info.documents,
          passages: info.passages,
        },
        { name: 'pets', embedding: 'tiny', dimensions, splitter, label, store: store.kind, documents: 0, passages: 0 },
        'A new collection tells its own facts',
      );
      checkEqual(
        (await store.list()).map(({ name }) => name),
        ['pets'],
        'It is in the list',
      );
    },
  },
  {
    name: 'refuses a second collection of the same name',
    async run({ store }) {
      await createPets(store);
      await checkRejects(createPets(store), 'collection_exists');
    },
  },
  {
    name: 'refuses to open a collection that does not exist',
    async run({ store }) {
      await checkRejects(store.open('none'), 'collection_not_found');
    },
  },
  {
    name: 'drops a collection with all that is in it, once',
    async run(subject) {
      await filled(subject);
      const { store } = subject;
      checkEqual([await store.drop('pets'), await store.drop('pets')], [true, false], 'Only the first drop finds it');
      await checkRejects(store.open('pets'), 'collection_not_found');
      const again = await createPets(store);
      checkEqual(await idsOf(again, ask('robin')), [], 'A new one of that name is empty');
    },
  },
  {
    name: 'keeps collections apart, of different dimensions too',
    async run(subject) {
      const pets = await filled(subject);
      const other = await subject.store.create({
        name: 'Other: ünïcode/2',
        embedding: 'wide',
        dimensions: 3,
        splitter,
        label,
      });
      await other.put([
        { document: animals[0]!.document, passages: [{ id: 'x', text: 'robin', vector: Float32Array.of(1, 2, 3) }] },
      ]);
      checkEqual(await idsOf(other, ask('robin')), ['x'], 'The other has its own passage');
      checkEqual(await idsOf(pets, ask('robin')), ['birds#0'], 'The first is untouched');
    },
  },
  {
    name: 'gives back documents and passages as they were put',
    async run(subject) {
      const pets = await filled(subject);
      const fish = await pets.document('fish');
      checkEqual(
        { ...fish, updatedAt: 0 },
        {
          id: 'fish',
          title: 'Fish of the North Sea',
          source: 'https://example.org/fish',
          mediaType: 'text/plain',
          hash: 'hash-fish',
          size: 10,
          metadata: { shelf: 'south', year: 2024 },
          passages: 2,
          updatedAt: 0,
        },
        'The document',
      );
      check((await pets.document('none')) === undefined, 'An unknown document is nothing');
      const [first, second] = await pets.passages('birds');
      checkEqual([first?.id, second?.id], ['birds#0', 'birds#1'], 'Passages in order');
      checkEqual(
        { ...first, label: undefined, score: undefined, scores: undefined },
        {
          id: 'birds#0',
          document: 'birds',
          text: 'The robin sings in winter.',
          title: 'Birds of Europe',
          source: 'https://example.org/birds',
          collection: 'pets',
          metadata: { shelf: 'north', year: 2020, tags: ['song', 'small'], size: 14, rare: false },
        },
        'A passage with its document and the metadata of both',
      );
      checkEqual(await pets.passages('none'), [], 'An unknown document has no passages');
    },
  },
  {
    name: 'keeps place, label and unicode text to the letter',
    async run({ store }) {
      const pets = await createPets(store);
      const text = 'Ключ 鍵 🔑 — “quoted”\u2028 e\u0301 \u202E';
      const place = { page: 3, line: 7, headings: ['One', 'Zwei ü'], start: 5, end: 25 };
      await pets.put([
        documentOf('ключ/🔑.md', { label: labelOf('restricted', ['untrusted']), passages: [{ text, place }] }),
      ]);
      const [passage] = await pets.search({ mode: 'lexical', text: 'ключ', k: 3 });
      checkEqual(
        { document: passage?.document, text: passage?.text, place: passage?.place, label: passage?.label },
        { document: 'ключ/🔑.md', text, place, label: { level: 'restricted', marks: ['untrusted'] } },
        'Everything comes back',
      );
    },
  },
  {
    name: 'replaces a document whole',
    async run(subject) {
      const pets = await filled(subject);
      await pets.put([
        documentOf('birds', { title: 'One bird', passages: [{ text: 'An owl at night.', vector: at(5) }] }),
      ]);
      checkEqual(
        (await pets.passages('birds')).map(({ text }) => text),
        ['An owl at night.'],
        'Only the new passages',
      );
      checkEqual(await idsOf(pets, ask('robin')), [], 'Old words are gone');
      checkEqual(await kept(pets, { op: 'eq', field: 'shelf', value: 'north' }), [], 'Old metadata is gone');
      checkEqual(await idsOf(pets, { mode: 'dense', vector: at(5), k: 1 }), ['birds#0'], 'The new vector is found');
      const { documents, passages } = await pets.info();
      checkEqual([documents, passages], [2, 3], 'Counts follow');
    },
  },
  {
    name: 'takes the last of two documents with one id in one put',
    async run({ store }) {
      const pets = await createPets(store);
      await pets.put([
        documentOf('a', { passages: [{ text: 'first' }, { text: 'more' }] }),
        documentOf('a', { passages: [{ text: 'second' }] }),
      ]);
      checkEqual(
        (await pets.passages('a')).map(({ text }) => text),
        ['second'],
        'The last one stands',
      );
      checkEqual((await pets.info()).passages, 1, 'And counts');
    },
  },
  {
    name: 'keeps a document without passages',
    async run({ store }) {
      const pets = await createPets(store);
      await pets.put([documentOf('empty')]);
      checkEqual((await pets.document('empty'))?.passages, 0, 'It is there');
      checkEqual((await pets.info()).documents, 1, 'And counts');
    },
  },
  {
    name: 'deletes documents and ignores unknown ones',
    async run(subject) {
      const pets = await filled(subject);
      checkEqual(await pets.delete(['birds', 'none', 'birds']), 1, 'One was there');
      checkEqual(
        await idsOf(pets, { mode: 'dense', vector: at(0), k: 10 }),
        ['fish#1', 'fish#0'].sort(),
        'Its passages are gone from dense search',
      );
      checkEqual(await idsOf(pets, ask('robin')), [], 'And from lexical search');
      const { documents, passages } = await pets.info();
      checkEqual([documents, passages], [1, 2], 'Counts follow');
    },
  },
  {
    name: 'lists documents by id, page by page',
    async run({ store }) {
      const pets = await createPets(store);
      await pets.put(['d', 'b', 'e', 'a', 'c'].map((id) => documentOf(id, { passages: [{ text: id }] })));
      const first = await pets.documents({ limit: 2 });
      const rest = await pets.documents({ after: 'b', limit: 10 });
      checkEqual(
        [first.map(({ id }) => id), rest.map(({ id }) => id)],
        [
          ['a', 'b'],
          ['c', 'd', 'e'],
        ],
        'In order, after the one named',
      );
    },
  },
  {
    name: 'gives the neighbours of a passage inside its document',
    async run({ store }) {
      const pets = await createPets(store);
      await pets.put([
        documentOf('a', { passages: [0, 1, 2, 3, 4].map((index) => ({ text: `part ${index}` })) }),
        documentOf('b', { passages: [{ text: 'other' }] }),
      ]);
      const texts = async (id: string, before: number, after: number): Promise<readonly string[]> =>
        (await pets.neighbours(id, before, after)).map(({ text }) => text);
      checkEqual(await texts('a#2', 1, 1), ['part 1', 'part 2', 'part 3'], 'One on each side');
      checkEqual(await texts('a#0', 2, 1), ['part 0', 'part 1'], 'Stops at the start');
      checkEqual(await texts('a#4', 0, 9), ['part 4'], 'Stops at the end');
      checkEqual(await texts('none', 1, 1), [], 'An unknown passage has none');
    },
  },
  {
    name: 'finds by vector, best first, with cosine scores',
    async run(subject) {
      const pets = await filled(subject);
      const found = await pets.search({ mode: 'dense', vector: at(1), k: 2 });
      checkEqual(
        found.map(({ id }) => id),
        ['birds#1', 'fish#1'],
        'The nearest two',
      );
      check(
        Math.abs((found[0]?.score ?? 0) - 1) < 1e-3 && Math.abs((found[1]?.score ?? 0) - Math.SQRT1_2) < 1e-3,
        'Scores are cosines',
      );
      check(Math.abs((found[0]?.scores?.dense ?? 0) - 1) < 1e-3, 'The dense leg is named');
    },
  },
  {
    name: 'finds by vectors of any length: only the direction counts',
    async run({ store }) {
      const pets = await createPets(store);
      await pets.put([
        documentOf('a', {
          passages: [
            { text: 'near', vector: at(0).map((value) => value * 0.01) },
            { text: 'far', vector: at(0, 1).map((value) => value * 100) },
          ],
        }),
      ]);
      checkEqual(
        await idsOf(pets, { mode: 'dense', vector: at(0).map((value) => value * 7), k: 2 }),
        ['a#0', 'a#1'],
        'Nearest by angle',
      );
    },
  },
  {
    name: 'finds by words, in text and context, whatever their case and ending',
    async run(subject) {
      const pets = await filled(subject);
      checkEqual(await idsOf(pets, ask('ROBIN')), ['birds#0'], 'Case does not matter');
      checkEqual(await idsOf(pets, ask('which mountain')), ['birds#1'], 'Nor does the ending');
      checkEqual(await idsOf(pets, ask('clupeidae')), ['fish#0'], 'The context is read too');
      const [first] = await pets.search(ask('herring schools'));
      check(
        (first?.score ?? 0) > 0 && first?.scores?.lexical === first?.score,
        'Higher is better, the lexical leg is named',
      );
    },
  },
  {
    name: 'joins both legs in hybrid mode and names their scores',
    async run(subject) {
      const pets = await filled(subject);
      const found = await pets.search({ mode: 'hybrid', vector: at(2), text: 'patient hunter', k: 4 });
      checkEqual(found[0]?.id, 'fish#1', 'What both legs like comes first');
      check(
        found.every(({ score }, index) => index === 0 || (found[index - 1]?.score ?? 0) >= (score ?? 0)),
        'Scores fall',
      );
      check(found[0]?.scores?.fused === found[0]?.score && found[0]?.scores?.dense !== undefined, 'The legs are named');
    },
  },
  {
    name: 'lets the weight choose the leg in hybrid mode',
    async run(subject) {
      const pets = await filled(subject);
      const first = async (weight: number): Promise<string | undefined> =>
        (await idsOf(pets, { mode: 'hybrid', vector: at(2), text: 'robin', k: 4, weight }))[0];
      checkEqual([await first(1), await first(0)], ['fish#0', 'birds#0'], 'All dense, all lexical');
    },
  },
  {
    name: 'runs hybrid with the one side that is given',
    async run(subject) {
      const pets = await filled(subject);
      checkEqual((await idsOf(pets, { mode: 'hybrid', text: 'robin', k: 3 }))[0], 'birds#0', 'Words alone');
      checkEqual((await idsOf(pets, { mode: 'hybrid', vector: at(2), k: 3 }))[0], 'fish#0', 'A vector alone');
    },
  },
  ...filterCases.map(([name, filter, ids]) => ({
    name: `filters: ${name}`,
    async run(subject: VectorStoreSubject) {
      checkEqual(await kept(await filled(subject), filter), ids, 'The passages that the filter keeps');
    },
  })),
  {
    name: 'applies a filter to every leg',
    async run(subject) {
      const pets = await filled(subject);
      const filter: Filter = { op: 'eq', field: 'document', value: 'fish' };
      checkEqual(await idsOf(pets, { ...ask('hunter hunts robin pike'), filter }), ['fish#1'], 'Lexical');
      const found = await pets.search({ mode: 'hybrid', vector: at(0), text: 'robin', k: 10, filter });
      check(
        found.every(({ document }) => document === 'fish'),
        'Hybrid',
      );
    },
  },
  {
    name: 'sees changed metadata at the next filter',
    async run(subject) {
      const pets = await filled(subject);
      const filter: Filter = { op: 'eq', field: 'shelf', value: 'north' };
      checkEqual(await kept(pets, filter), ['birds#0', 'birds#1'], 'Before');
      await pets.put([documentOf('cats', { metadata: { shelf: 'north' }, passages: [{ text: 'A cat.' }] })]);
      await pets.delete(['birds']);
      checkEqual(await kept(pets, filter), ['cats#0'], 'After');
    },
  },
  {
    name: 'refuses a filter of no known form',
    async run(subject) {
      const pets = await filled(subject);
      const filter = { op: 'like', field: 'shelf', value: '%' } as unknown as Filter;
      await checkRejects(pets.search({ mode: 'dense', vector: at(0), k: 1, filter }), 'filter_invalid');
    },
  },
  {
    name: 'refuses vectors of the wrong length, and writes nothing of that call',
    async run(subject) {
      const pets = await filled(subject);
      await checkRejects(
        pets.put([
          documentOf('good', { passages: [{ text: 'good' }] }),
          documentOf('bad', { passages: [{ text: 'bad', vector: Float32Array.of(1, 2) }] }),
        ]),
        'collection_dimensions',
      );
      await checkRejects(pets.search({ mode: 'dense', vector: Float32Array.of(1, 2), k: 1 }), 'collection_dimensions');
      await checkRejects(
        pets.put([documentOf('nan', { passages: [{ text: 'nan', vector: at(0).fill(Number.NaN) }] })]),
        'collection_dimensions',
      );
      checkEqual((await pets.info()).documents, 2, 'Nothing half done');
    },
  },
  {
    name: 'answers hostile words like any others',
    async run(subject) {
      const pets = await filled(subject);
      for (const text of hostileTexts) {
        await pets.search(ask(text));
        await pets.search({ mode: 'hybrid', vector: at(0), text, k: 3 });
      }
      checkEqual(await idsOf(pets, ask('"robin')), ['birds#0'], 'Words among signs are found');
      checkEqual((await pets.info()).passages, 4, 'And nothing was lost');
    },
  },
  {
    name: 'finds nothing in an empty collection',
    async run({ store }) {
      const pets = await createPets(store);
      checkEqual(await idsOf(pets, ask('robin')), [], 'Lexical');
      checkEqual(await idsOf(pets, { mode: 'dense', vector: at(0), k: 5 }), [], 'Dense');
      checkEqual(
        await idsOf(pets, { mode: 'hybrid', vector: at(0), text: 'robin', k: 5, filter: { op: 'exists', field: 'x' } }),
        [],
        'Hybrid with a filter',
      );
      checkEqual([await pets.documents(), await pets.delete(['x'])], [[], 0], 'Nothing to list or delete');
    },
  },
  {
    name: 'gives what there is when asked for more',
    async run(subject) {
      const pets = await filled(subject);
      checkEqual((await pets.search({ mode: 'dense', vector: at(0), k: 1000 })).length, 4, 'Dense');
      checkEqual((await pets.search({ mode: 'hybrid', vector: at(0), text: 'robin', k: 1000 })).length, 4, 'Hybrid');
    },
  },
  {
    name: 'orders the nearest as an exact comparison does, after changes too',
    async run({ store }) {
      const next = seededNumbers(7);
      const wide = await store.create({ name: 'wide', embedding: 'tiny', dimensions: 40, splitter, label });
      const vectors = new Map(
        Array.from({ length: 300 }, (_, index) => [`p${index}`, Float32Array.from({ length: 40 }, next)]),
      );
      const put = async (ids: readonly string[]): Promise<void> =>
        wide.put(
          ids.map((id) => ({
            document: documentOf(id).document,
            passages: [{ id, text: id, vector: vectors.get(id)!, metadata: { even: Number(id.slice(1)) % 2 === 0 } }],
          })),
        );
      const compare = async (message: string): Promise<void> => {
        const query = Float32Array.from({ length: 40 }, next);
        checkEqual(
          await idsOf(wide, { mode: 'dense', vector: query, k: 20 }),
          exactOrder(vectors, query).slice(0, 20),
          message,
        );
        const even = exactOrder(vectors, query).filter((id) => Number(id.slice(1)) % 2 === 0);
        checkEqual(
          await idsOf(wide, { mode: 'dense', vector: query, k: 20, filter: { op: 'eq', field: 'even', value: true } }),
          even.slice(0, 20),
          `${message}, filtered`,
        );
      };
      await put([...vectors.keys()]);
      await compare('At first');
      const gone = [...vectors.keys()].slice(50, 150);
      checkEqual(await wide.delete(gone), 100, 'All were there');
      gone.forEach((id) => vectors.delete(id));
      await compare('After deletes');
      for (const id of ['p3', 'p60', 'p299']) vectors.set(id, Float32Array.from({ length: 40 }, next));
      await put(['p3', 'p60', 'p299']);
      await compare('After replacing');
    },
  },
  {
    name: 'has everything after it was opened again',
    async run(subject) {
      await filled(subject);
      const store = await subject.reopen();
      const pets = await store.open('pets');
      checkEqual((await pets.info()).passages, 4, 'Counts');
      checkEqual(await idsOf(pets, { mode: 'dense', vector: at(1), k: 1 }), ['birds#1'], 'Vectors');
      checkEqual(await idsOf(pets, ask('herring')), ['fish#0'], 'Words');
      checkEqual(await kept(pets, { op: 'eq', field: 'size', value: 14 }), ['birds#0'], 'Metadata');
      await pets.put([documentOf('more', { passages: [{ text: 'A hedgehog.', vector: at(7) }] })]);
      checkEqual(
        await idsOf(pets, { mode: 'hybrid', vector: at(7), text: 'hedgehog', k: 1 }),
        ['more#0'],
        'And it goes on',
      );
    },
  },
  {
    name: 'stops at a signal',
    async run(subject) {
      const pets = await filled(subject);
      await checkRejects(pets.search({ mode: 'dense', vector: at(0), k: 1, signal: AbortSignal.abort() }), 'aborted');
      const controller = new AbortController();
      const running = pets.search({ mode: 'dense', vector: at(0), k: 1, signal: controller.signal });
      controller.abort();
      await checkRejects(running, 'aborted');
      checkEqual(await idsOf(pets, ask('robin')), ['birds#0'], 'And answers the next call');
    },
  },
  {
    name: 'takes many calls at once',
    async run({ store }) {
      const pets = await createPets(store);
      const puts = Array.from({ length: 20 }, async (_, index) =>
        pets.put([documentOf(`d${index}`, { passages: [{ text: `topic${index}`, vector: at(index % dimensions) }] })]),
      );
      const searches = Array.from({ length: 20 }, async () =>
        pets.search({ mode: 'hybrid', vector: at(0), text: 'topic1', k: 3 }),
      );
      await Promise.all([...puts, ...searches]);
      checkEqual((await pets.info()).documents, 20, 'Every document is in');
      checkEqual(await idsOf(pets, ask('topic7')), ['d7#0'], 'And found');
    },
  },
];

/** The promises of a vector store; every adapter runs them. Each case needs a store without collections. */
export const vectorStoreSuite: readonly SuiteCase<VectorStoreSubject>[] = cases;

function exactOrder(vectors: ReadonlyMap<string, Float32Array>, query: Float32Array): readonly string[] {
  const cosine = (vector: Float32Array): number => {
    const sum = (pick: (index: number) => number): number =>
      vector.reduce((total, _value, index) => total + pick(index), 0);
    return sum((index) => vector[index]! * query[index]!) / Math.sqrt(sum((index) => vector[index]! ** 2));
  };
  return [...vectors]
    .map(([id, vector]) => ({ id, score: cosine(vector) }))
    .sort((a, b) => b.score - a.score)
    .map(({ id }) => id);
}
