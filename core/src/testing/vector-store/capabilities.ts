import { HeddleError } from '../../errors/heddle-error.js';
import { storeCapabilities } from '../../ports/collections/store-capabilities.js';
import { usualTitleWeight } from '../../ports/vector-store.js';
import { check, checkEqual, checkRejects, type SuiteCase } from '../suite.js';
import { ask, at, createPets, documentOf, filled, idsOf, type VectorStoreSubject } from './fixtures.js';

const german = 'Die Garantie gilt für zwei Jahre und ist nicht von der Rechnung abhängig. ';

/** Tests of declared capabilities: a store either has the capability or refuses with a reason. */
export const capabilityCases: readonly SuiteCase<VectorStoreSubject>[] = [
  {
    name: 'capabilities: orders texts in filters, or refuses it',
    async run(subject) {
      const pets = await filled(subject);
      const query = { mode: 'dense', vector: at(0, 1, 2), k: 10 } as const;
      const filter = { op: 'gt', field: 'shelf', value: 'o' } as const;
      const found = await idsOf(pets, { ...query, filter }).catch((error: unknown) =>
        error instanceof HeddleError ? error.code : String(error),
      );
      const expected = storeCapabilities[subject.store.kind].ordersTexts ? ['fish#0', 'fish#1'] : 'filter_invalid';
      checkEqual(typeof found === 'string' ? found : [...found].sort(), expected, 'Texts after "o"');
    },
  },
  {
    name: 'capabilities: weighs title and headings as a search asks, or refuses it',
    async run({ store }) {
      const pets = await createPets(store);
      await pets.put([
        documentOf('titled', { passages: [{ text: 'A small bird of gardens and woods.', context: 'Robin' }] }),
        documentOf('said', { passages: [{ text: 'The robin and the other robin sing in gardens.' }] }),
        documentOf('both', { passages: [{ text: 'A wren is smaller than a robin.', context: 'Wren' }] }),
      ]);
      const search = (titleWeight: number, mode: 'lexical' | 'hybrid' = 'lexical') =>
        idsOf(pets, { mode, text: 'robin', vector: at(0), k: 10, titleWeight }).catch((error: unknown) =>
          error instanceof HeddleError ? error.code : String(error),
        );
      const usual = await idsOf(pets, ask('robin'));
      checkEqual(await search(usualTitleWeight), usual, 'The usual weight is no change');
      if (!storeCapabilities[store.kind].weighsTitles) {
        checkEqual([await search(5), await search(0, 'hybrid')], Array(2).fill('search_unsupported'), 'It is refused');
        checkEqual((await pets.search({ mode: 'dense', vector: at(0), k: 3, titleWeight: 5 })).length, 3, 'No words');
        return;
      }
      const heavy = await search(10);
      const none = await search(0);
      checkEqual(typeof heavy === 'string' ? heavy : heavy[0], 'titled#0', 'A heavy title comes first');
      checkEqual(none, ['said#0', 'both#0'], 'A title that counts as nothing finds nothing');
      checkEqual(
        [await search(-1), await search(Number.NaN), await search(11)],
        Array(3).fill('bad_request'),
        'Bounds',
      );
      await pets.put([documentOf('titled', { passages: [{ text: 'A robin in the garden.', context: 'Birds' }] })]);
      checkEqual((await idsOf(pets, { ...ask('birds'), titleWeight: 3 })).length, 1, 'Titles follow their document');
      checkEqual((await idsOf(pets, { ...ask('robin'), titleWeight: 0 })).length, 3, 'And old ones are gone');
    },
  },
  {
    name: 'capabilities: finds words of other languages by their stems',
    async run({ store }) {
      if (!storeCapabilities[store.kind].isMultilingual) return;
      const pets = await createPets(store);
      await pets.put([
        documentOf('de', { passages: [{ text: german }, { text: `${german}Rechnungen gehen an das Büro.` }] }),
        documentOf('ja', { passages: [{ text: '東京都の図書館は月曜日に休みです。' }] }),
      ]);
      checkEqual(await idsOf(pets, ask('Wem schicke ich eine Rechnung ins Buro?')), ['de#1', 'de#0'], 'German');
      checkEqual(await idsOf(pets, ask('図書館')), ['ja#0'], 'Japanese');
    },
  },
  {
    name: 'capabilities: shows a document as it was or as it is while it is replaced',
    async run({ store }) {
      const pets = await createPets(store);
      const stored = (round: number) =>
        documentOf('a', { passages: Array.from({ length: 40 }, (_, at) => ({ text: `round${round} part ${at}` })) });
      await pets.put([stored(0)]);
      let isDone = false;
      const reading = (async () => {
        while (!isDone) {
          const passages = await pets.passages('a');
          const rounds = new Set(passages.map(({ text }) => text.split(' ')[0]));
          check(passages.length >= 40, `No gap: ${passages.length} passages`);
          if (storeCapabilities[store.kind].replacesAtOnce) checkEqual(rounds.size, 1, 'Passages of one round');
        }
      })();
      for (let round = 1; round <= 4; round += 1) await pets.put([stored(round)]);
      isDone = true;
      await reading;
      const texts = (await pets.passages('a')).map(({ text }) => text);
      checkEqual([texts.length, texts[39]], [40, 'round4 part 39'], 'The last one stands');
    },
  },
  {
    name: 'capabilities: shows each of two programs what the other one wrote',
    async run(subject) {
      if (!storeCapabilities[subject.store.kind].seesOtherPrograms) return;
      if (subject.second === undefined) throw new Error('The subject names no second program');
      const pets = await filled(subject);
      const second = await subject.second();
      try {
        const there = await second.open('pets');
        await there.put([documentOf('cats', { passages: [{ text: 'A cat purrs.' }] })]);
        checkEqual(await idsOf(pets, ask('purrs')), ['cats#0'], 'The first one finds what the second one wrote');
        await pets.delete(['cats']);
        checkEqual(await idsOf(there, ask('purrs')), [], 'And the other way round');
      } finally {
        await second.close();
      }
    },
  },
  {
    name: 'capabilities: keeps two tenants of one server apart',
    async run(subject) {
      if (!storeCapabilities[subject.store.kind].separatesTenants) return;
      if (subject.tenant === undefined) throw new Error('The subject names no second tenant');
      const pets = await filled(subject);
      const tenant = await subject.tenant();
      try {
        checkEqual(await tenant.list(), [], 'The other one has no collection');
        await checkRejects(tenant.open('pets'), 'collection_not_found');
        checkEqual(await tenant.drop('pets'), false, 'And none to drop');
        const theirs = await createPets(tenant);
        await theirs.put([documentOf('cats', { passages: [{ text: 'A robin and a cat.', vector: at(0) }] })]);
        for (const mode of ['lexical', 'dense', 'hybrid'] as const) {
          const query = { mode, text: 'robin cat', vector: at(0), k: 10 };
          checkEqual(await idsOf(theirs, query), ['cats#0'], `Each finds its own only: ${mode}`);
          check(!(await idsOf(pets, query)).includes('cats#0'), `And the first one too: ${mode}`);
        }
        await theirs.setNote('a', 'theirs');
        checkEqual(await pets.note('a'), undefined, 'Notes are apart');
        await tenant.rename([{ from: 'pets', to: 'others' }]);
        checkEqual([await tenant.drop('others'), await tenant.list()], [true, []], 'One drops its own');
        checkEqual(await idsOf(await subject.store.open('pets'), ask('robin')), ['birds#0'], 'The other one stays');
      } finally {
        await tenant.close();
      }
    },
  },
];
