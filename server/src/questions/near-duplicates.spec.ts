import { describe, expect, it } from '@jest/globals';
import { fitsFilter } from './fits-filter.js';
import { SeenTexts } from './near-duplicates.js';

describe('known texts', () => {
  it('are recognised with other punctuation, order and case; other texts are not', () => {
    const seen = new SeenTexts();
    seen.add('Who wrote the first program for the Engine in 1843?');
    expect(seen.has('who wrote the FIRST program, for the engine in 1843')).toBe(true);
    expect(seen.has('Who wrote the very first program for the Engine in 1843?')).toBe(true);
    expect(seen.has('Who wrote the second program for the Loom in 1850?')).toBe(false);
    expect(seen.has('')).toBe(false);
    seen.add('面接は何時ですか');
    expect(seen.has('面接は何時ですか?')).toBe(true);
  });
});

describe('a filter', () => {
  const passage = {
    id: 'p',
    document: 'a.md',
    text: 'x',
    title: 'A',
    metadata: { year: 2024, tags: ['red', 'blue'], author: { name: 'Ada' }, open: true },
  };
  it.each([
    [{ op: 'eq', field: 'document', value: 'a.md' }, true],
    [{ op: 'eq', field: 'tags', value: 'blue' }, true],
    [{ op: 'eq', field: 'author.name', value: 'Ada' }, true],
    [{ op: 'eq', field: 'year', value: '2024' }, false],
    [{ op: 'gte', field: 'year', value: 2024 }, true],
    [{ op: 'lt', field: 'year', value: 'z' }, false],
    [{ op: 'in', field: 'tags', value: ['green', 'red'] }, true],
    [{ op: 'exists', field: 'open' }, true],
    [{ op: 'exists', field: '__proto__' }, false],
    [{ op: 'not', filter: { op: 'exists', field: 'none' } }, true],
    [
      {
        op: 'and',
        filters: [
          { op: 'exists', field: 'open' },
          { op: 'exists', field: 'none' },
        ],
      },
      false,
    ],
    [
      {
        op: 'or',
        filters: [
          { op: 'exists', field: 'open' },
          { op: 'exists', field: 'none' },
        ],
      },
      true,
    ],
  ] as const)('%j: %s', (filter, fits) => {
    expect(fitsFilter(filter, passage)).toBe(fits);
  });
});
