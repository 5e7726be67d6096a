import { describe, expect, it } from '@jest/globals';
import { runThrough, SearchRequest, usualSearch, withoutUndefined, type Passage } from '@heddle/core';
import { candidatesOf, isReordered, reorder as reorderSteps } from './reorder.js';

const now = Date.parse('2026-11-29T12:00:00Z');
const ask = (request: object) => ({
  ...usualSearch,
  ...withoutUndefined(SearchRequest.parse({ query: 'loom', k: 3, ...request })),
});
const passage = (id: string, score: number, rest: Partial<Passage> = {}): Passage => ({
  id,
  document: id,
  text: `text of ${id}`,
  score,
  ...rest,
});
const reorder = (...of: Parameters<typeof reorderSteps>) => runThrough(reorderSteps(...of));
const ids = (passages: readonly Passage[]): readonly string[] => passages.map(({ id }) => id);

describe('the order of results', () => {
  it('stays unchanged without settings', () => {
    expect(isReordered(ask({}))).toBe(false);
    expect(isReordered(ask({ diversity: 0.2 }))).toBe(true);
    expect([candidatesOf({ k: 3 }), candidatesOf({ k: 100 }), candidatesOf({ k: 900 })]).toEqual([23, 400, 1000]);
  });

  it('puts new passages before old ones that match a little better', () => {
    const found = [
      passage('old', 0.5, { metadata: { date: '2020-01-01' } }),
      passage('undated', 0.49),
      passage('new', 0.45, { metadata: { date: '2026-11-20' } }),
      passage('seconds', 0.44, { metadata: { date: now / 1000 } }),
      passage('to come', 0.43, { metadata: { date: now + 1e10 } }),
    ];
    const recency = { field: 'date', halfLifeDays: 90, weight: 0.5 };

    expect(ids(reorder(found, ask({ recency, k: 5 }), now))).toEqual(['seconds', 'new', 'to come', 'old', 'undated']);
    expect(ids(reorder(found, ask({ recency: { ...recency, weight: 0.01 }, k: 2 }), now))).toEqual(['old', 'undated']);
  });

  it('halves the weight of age after a half-life', () => {
    const date = new Date(now - 90 * 86_400_000).toISOString();
    const [found] = reorder(
      [passage('a', 1, { metadata: { date } })],
      ask({ recency: { field: 'date', halfLifeDays: 90, weight: 0.4 } }),
      now,
    );

    expect(found?.score).toBeCloseTo(1 - 0.4 + 0.2, 9);
  });

  it('multiplies the scores of passages that pass a filter, below 0 too', () => {
    const found = [
      passage('b', 0.4, { metadata: { kind: 'forum' } }),
      passage('a', 0.3, { metadata: { kind: 'manual', tags: ['x', 'approved'] } }),
      passage('c', -0.2, { metadata: { kind: 'manual' } }),
      passage('d', -0.3, { title: 'Manual' }),
    ];
    const boosted = (filter: object, factor: number) =>
      ids(reorder(found, ask({ k: 4, boosts: [{ filter, factor }] }), now));

    expect(boosted({ op: 'eq', field: 'kind', value: 'manual' }, 2)).toEqual(['a', 'b', 'c', 'd']);
    expect(boosted({ op: 'eq', field: 'tags', value: 'approved' }, 2)).toEqual(['a', 'b', 'c', 'd']);
    expect(boosted({ op: 'eq', field: 'title', value: 'Manual' }, 3)).toEqual(['b', 'a', 'd', 'c']);
    expect(boosted({ op: 'not', filter: { op: 'exists', field: 'kind' } }, 3)).toEqual(['b', 'a', 'd', 'c']);
    expect(boosted({ op: 'eq', field: '__proto__', value: 'x' }, 9)).toEqual(['b', 'a', 'c', 'd']);
  });

  it('replaces copies by passages with other content', () => {
    const found = [
      passage('first', 0.9, { text: 'The warranty of a loom lasts two years from the purchase.' }),
      passage('copy', 0.89, { text: 'Note: the warranty of a loom lasts two years from the purchase.' }),
      passage('other', 0.7, { text: 'Repairs are paid by the customer where the frame was opened.' }),
      passage('weak', 0.1, { text: 'Our shop opens at nine.' }),
    ];

    expect(ids(reorder(found, ask({ k: 2 }), now))).toEqual(['first', 'copy']);
    expect(ids(reorder(found, ask({ k: 2, diversity: 0.5 }), now))).toEqual(['first', 'other']);
    expect(ids(reorder(found, ask({ k: 9, diversity: 1 }), now))).toHaveLength(4);
  });

  it.each([
    { diversity: 2 },
    { recency: { field: '', halfLifeDays: 1 } },
    { recency: { field: 'date', halfLifeDays: 0 } },
    { boosts: [{ filter: { op: 'exists', field: 'x' }, factor: 0 }] },
    { boosts: [{ filter: { op: 'nothing' }, factor: 2 }] },
  ])('is refused for %j', (request) => {
    expect(SearchRequest.safeParse({ query: 'q', ...request }).success).toBe(false);
  });
});
