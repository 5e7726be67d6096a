import { labelOf } from '../../labels/label.js';
import { check, checkEqual, checkRejects, type SuiteCase } from '../suite.js';
import {
  animals,
  ask,
  at,
  createPets,
  dimensions,
  documentOf,
  filled,
  idsOf,
  kept,
  label,
  splitter,
  type VectorStoreSubject,
} from './fixtures.js';

/** Tests of collections and their documents: create, replace, list, delete and reopen. */
export const documentCases: readonly SuiteCase<VectorStoreSubject>[] = [
  {
    name: 'creates a collection, lists it and describes it',
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
    name: 'drops a collection with all its content, once',
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
    name: 'gives collections other names in one step, with all that they hold',
    async run(subject) {
      const { store } = subject;
      const pets = await filled(subject);
      await pets.setNote('a', 'of the first');
      const other = await store.create({ name: 'pets@next', embedding: 'wide', dimensions: 3, splitter, label });
      await other.put([
        { document: animals[0]!.document, passages: [{ id: 'x', text: 'robin', vector: Float32Array.of(1, 2, 3) }] },
      ]);
      await store.rename([
        { from: 'pets', to: 'pets@previous' },
        { from: 'pets@next', to: 'pets' },
      ]);
      const reopened = await subject.reopen();
      checkEqual((await reopened.list()).map(({ name }) => name).sort(), ['pets', 'pets@previous'], 'The names');
      const now = await reopened.open('pets');
      const before = await reopened.open('pets@previous');
      const info = await now.info();
      const old = await before.info();
      checkEqual([info.name, info.embedding, info.dimensions, info.passages], ['pets', 'wide', 3, 1], 'The new one');
      checkEqual(
        [old.name, old.embedding, old.dimensions, old.passages],
        ['pets@previous', 'tiny', dimensions, 4],
        'Old',
      );
      checkEqual(await idsOf(now, ask('robin')), ['x'], 'Finds what is its own');
      checkEqual(await idsOf(before, ask('robin')), ['birds#0'], 'And so does the old one');
      checkEqual([await now.note('a'), await before.note('a')], [undefined, 'of the first'], 'Notes go with it');
      const again = await reopened.create({ name: 'pets@next', embedding: 'tiny', dimensions, splitter, label });
      await again.put([animals[1]!]);
      checkEqual(await idsOf(now, ask('robin')), ['x'], 'A new one of the name leaves the renamed one alone');
      await reopened.rename([
        { from: 'pets', to: 'pets@next' },
        { from: 'pets@next', to: 'pets' },
      ]);
      checkEqual((await (await reopened.open('pets')).info()).embedding, 'tiny', 'Two can exchange their names');
    },
  },
  {
    name: 'renames nothing where one name is missing or taken',
    async run(subject) {
      const { store } = subject;
      await filled(subject);
      await createPets(store, 'others');
      const move = (from: string, to: string) => ({ from, to });
      await checkRejects(store.rename([move('pets', 'free'), move('none', 'pets')]), 'collection_not_found');
      await checkRejects(store.rename([move('pets', 'free'), move('free', 'pets')]), 'collection_not_found');
      await checkRejects(store.rename([move('pets', 'others')]), 'collection_exists');
      checkEqual(
        (await store.list()).map(({ name }) => name),
        ['others', 'pets'],
        'All is as it was',
      );
      checkEqual(await idsOf(await store.open('pets'), ask('robin')), ['birds#0'], 'With its passages');
    },
  },
  {
    name: 'keeps notes of a collection, which are no documents',
    async run(subject) {
      const pets = await filled(subject);
      const before = await pets.info();
      await pets.setNote('a', 'robin');
      await pets.setNote('b', '{"x":1}');
      await pets.setNote('a', 'robin, twice');
      checkEqual([await pets.note('a'), await pets.note('c')], ['robin, twice', undefined], 'The last text counts');
      checkEqual(await pets.info(), before, 'Documents and passages are what they were');
      checkEqual(await idsOf(pets, ask('twice')), [], 'No search finds a note');
      const again = await (await subject.reopen()).open('pets');
      checkEqual([await again.note('a'), await again.note('b')], ['robin, twice', '{"x":1}'], 'They stay');
      await again.setNote('a', undefined);
      await again.setNote('c', undefined);
      checkEqual([await again.note('a'), await again.note('b')], [undefined, '{"x":1}'], 'One is removed');
    },
  },
  {
    name: 'drops the notes with the collection',
    async run({ store }) {
      await (await createPets(store)).setNote('a', 'old');
      await store.drop('pets');
      checkEqual(await (await createPets(store)).note('a'), undefined, 'A new one of that name has none');
    },
  },
  {
    name: 'separates collections, also of different dimensions',
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
    name: 'returns documents and passages as they were stored',
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
    name: 'returns the vectors of a document in their direction',
    async run(subject) {
      const pets = await filled(subject);
      const vectors = await pets.vectors('fish');
      checkEqual([...vectors.keys()].sort(), ['fish#0', 'fish#1'], 'One for each passage');
      const pike = vectors.get('fish#1') ?? Float32Array.of();
      checkEqual(pike.length, dimensions, 'All dimensions');
      check(
        pike.every((value, index) => Math.abs(value - (pike[1] ?? 0) * (at(1, 2)[index] ?? 0)) < 1e-6) &&
          (pike[1] ?? 0) > 0,
        'The direction is the same',
      );
      checkEqual([...(await pets.vectors('none')).keys()], [], 'An unknown document has none');
      await pets.put([documentOf('birds', { passages: [{ text: 'An owl.', vector: at(5) }] })]);
      checkEqual([...(await pets.vectors('birds')).keys()], ['birds#0'], 'Those of replaced passages are gone');
    },
  },
  {
    name: 'keeps location, label and Unicode text exactly',
    async run({ store }) {
      const pets = await createPets(store);
      const text = 'Ключ 鍵 🔑 — “quoted”\u2028 e\u0301 \u202E';
      const lines: [number, number, number, number, number][] = [[72.5, 80, 301.9, 92.4, 0]];
      const boxes = [{ page: 3, width: 595, height: 841.9, unit: 'pt' as const, lines }];
      const place = { page: 3, line: 7, headings: ['One', 'Zwei ü'], start: 5, end: 25, boxes };
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
    name: 'replaces a whole document',
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
    name: 'keeps the last of two documents with the same id in one put',
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
    name: 'returns the adjacent passages of a passage in its document',
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
    name: 'keeps everything after it is opened again',
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
    name: 'handles many concurrent calls',
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
