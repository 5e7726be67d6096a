import { check, checkEqual, checkRejects, type SuiteCase } from '../suite.js';
import {
  animals,
  ask,
  at,
  createPets,
  documentOf,
  filled,
  idsOf,
  label,
  seededNumbers,
  splitter,
  type VectorStoreSubject,
} from './fixtures.js';

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

/** Tests of semantic, keyword and hybrid search. */
export const searchCases: readonly SuiteCase<VectorStoreSubject>[] = [
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
    name: 'finds a word that it was asked for in vain as soon as a passage holds it',
    async run({ store }) {
      const pets = await createPets(store);
      await pets.put(
        Array.from({ length: 30 }, (_, index) => documentOf(`d${index}`, { passages: [{ text: 'robin' }] })),
      );
      checkEqual(await idsOf(pets, ask('quokka')), [], 'Before');
      await pets.put([documentOf('new', { passages: [{ text: 'quokka' }] })]);
      checkEqual(await idsOf(pets, ask('quokka')), ['new#0'], 'After');
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
    name: 'finds words in text and context, regardless of case and ending',
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
    name: 'finds a passage by its header, and shows the header nowhere',
    async run({ store }) {
      const pets = await createPets(store);
      const [birds] = animals;
      if (birds === undefined) throw new Error('there are animals');
      const passages = birds.passages.map((passage, at) =>
        at === 1 ? { ...passage, header: 'Zephyrine raptors.' } : passage,
      );
      await pets.put([{ ...birds, passages }]);
      const found = await pets.search(ask('zephyrine'));
      checkEqual(
        found.map(({ id }) => id),
        ['birds#1'],
        'The header is searched',
      );
      for (const passage of [...found, ...(await pets.passages('birds'))])
        check(!JSON.stringify(passage).includes('Zephyrine'), 'A header is not shown');
      await pets.put([birds]);
      checkEqual(await idsOf(pets, ask('zephyrine')), [], 'It goes with its passage');
    },
  },
  {
    name: 'combines both scores in hybrid mode and returns them',
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
    name: 'weights both scores in hybrid mode',
    async run(subject) {
      const pets = await filled(subject);
      const first = async (weight: number): Promise<string | undefined> =>
        (await idsOf(pets, { mode: 'hybrid', vector: at(2), text: 'robin', k: 4, weight }))[0];
      checkEqual([await first(1), await first(0)], ['fish#0', 'birds#0'], 'All dense, all lexical');
    },
  },
  {
    name: 'runs a hybrid search with only a text or only a vector',
    async run(subject) {
      const pets = await filled(subject);
      checkEqual((await idsOf(pets, { mode: 'hybrid', text: 'robin', k: 3 }))[0], 'birds#0', 'Words alone');
      checkEqual((await idsOf(pets, { mode: 'hybrid', vector: at(2), k: 3 }))[0], 'fish#0', 'A vector alone');
    },
  },
  {
    name: 'searches hostile text like any other text',
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
    name: 'returns all passages if more are requested',
    async run(subject) {
      const pets = await filled(subject);
      checkEqual((await pets.search({ mode: 'dense', vector: at(0), k: 1000 })).length, 4, 'Dense');
      checkEqual((await pets.search({ mode: 'hybrid', vector: at(0), text: 'robin', k: 1000 })).length, 4, 'Hybrid');
    },
  },
  {
    name: 'orders passages like an exact comparison, also after changes',
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
    name: 'stops when the signal is aborted',
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
];

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
