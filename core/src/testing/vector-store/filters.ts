import type { Filter } from '../../ports/filter.js';
import { check, checkEqual, checkRejects, type SuiteCase } from '../suite.js';
import { ask, at, documentOf, filled, idsOf, kept, type VectorStoreSubject } from './fixtures.js';

const keptBy: readonly (readonly [name: string, filter: Filter, ids: readonly string[]])[] = [
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

/** Tests of filters: which passages each filter keeps, in every search mode. */
export const filterCases: readonly SuiteCase<VectorStoreSubject>[] = [
  ...keptBy.map(([name, filter, ids]) => ({
    name: `filters: ${name}`,
    async run(subject: VectorStoreSubject) {
      checkEqual(await kept(await filled(subject), filter), ids, 'The passages that the filter keeps');
    },
  })),
  {
    name: 'applies a filter in every search mode',
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
    name: 'refuses a filter of an unknown form',
    async run(subject) {
      const pets = await filled(subject);
      const filter = { op: 'like', field: 'shelf', value: '%' } as unknown as Filter;
      await checkRejects(pets.search({ mode: 'dense', vector: at(0), k: 1, filter }), 'filter_invalid');
    },
  },
];
