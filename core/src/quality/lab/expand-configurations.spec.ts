import { describe, expect, it } from '@jest/globals';
import { expandConfigurations } from './expand-configurations.js';
import { LabGrid } from './lab.js';

const now = {
  embedding: 'mini',
  splitter: { context: true, kind: 'markdown', overlapTokens: 20, maxTokens: 200 },
} as const;

describe('the configurations of a lab', () => {
  it('begin with the present settings of the collection and contain each combination once, grouped by index', () => {
    const found = expandConfigurations(now, { maxTokens: [100, 200], mode: ['hybrid', 'lexical'], weight: [0.3, 0.6] });
    expect(found.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(found[0]).toEqual({ number: 1, index: now, search: { mode: 'hybrid', weight: undefined, diversity: 0 } });
    // A lexical search has no weight: there is one for each index.
    expect(
      found.map(({ index, search }) => `${index.splitter.maxTokens} ${search.mode} ${search.weight ?? ''}`),
    ).toEqual([
      '200 hybrid ',
      '200 hybrid 0.3',
      '200 hybrid 0.6',
      '200 lexical ',
      '100 hybrid 0.3',
      '100 hybrid 0.6',
      '100 lexical ',
    ]);
  });

  it('contain the search without a reranker once, and begin with the present reranker of the collection', () => {
    const search = { mode: 'dense', reranker: { model: 'cross', candidates: 20, ifUnavailable: 'continue' } } as const;
    const found = expandConfigurations({ ...now, search }, { reranker: ['none', 'cross'], candidates: [20, 50] });
    expect(found.map(({ search: { mode, reranker } }) => [mode, reranker])).toEqual([
      ['dense', { model: 'cross', candidates: 20 }],
      ['dense', undefined],
      ['dense', { model: 'cross', candidates: 50 }],
    ]);
    expect(expandConfigurations(now, { reranker: ['none', 'far/rank'] }).map(({ search: one }) => one)).toEqual([
      { mode: 'hybrid', weight: undefined, diversity: 0, reranker: undefined },
      { mode: 'hybrid', weight: undefined, diversity: 0, reranker: { model: 'far/rank', candidates: 30 } },
    ]);
  });

  it('have title weights only for searches by words, and begin with the present title weight', () => {
    const search = { mode: 'hybrid', titleWeight: 3 } as const;
    const found = expandConfigurations({ ...now, search }, { mode: ['hybrid', 'dense'], titleWeight: [1, 3] });
    expect(found.map(({ search: { mode, titleWeight } }) => [mode, titleWeight])).toEqual([
      ['hybrid', 3],
      ['hybrid', 1],
      ['dense', undefined],
    ]);
  });

  it('have graph weights only for the present index, and begin with the present graph weight', () => {
    const graph = { ...now, hasGraph: true, search: { graphWeight: 0.5 } };
    const weights = (of: typeof graph | typeof now, grid: Partial<LabGrid>) =>
      expandConfigurations(of, LabGrid.parse(grid)).map(
        ({ index, search }) => `${index.splitter.maxTokens} ${search.graphWeight ?? 'none'}`,
      );
    expect(weights(graph, { graphWeight: [0, 0.3, 0.5], maxTokens: [200, 100] })).toEqual([
      '200 0.5',
      '200 none',
      '200 0.3',
      '100 none',
    ]);
    expect(weights(graph, { maxTokens: [100] })).toEqual(['200 0.5', '100 none']);
    expect(() => weights(now, { graphWeight: [0, 0.3] })).toThrow(
      expect.objectContaining({ code: 'lab_invalid', message: expect.stringContaining('has none') }),
    );
    expect(weights(now, { graphWeight: [0], mode: ['hybrid', 'dense'] })).toEqual(['200 none', '200 none']);
  });

  it('rewrite questions in each way with each model, and begin without rewriting', () => {
    const found = expandConfigurations(now, { rewrite: ['none', 'hyde', 'multi'], rewriter: ['small', 'far/chat'] });
    expect(found.map(({ search: { rewrite } }) => rewrite)).toEqual([
      undefined,
      { kind: 'hyde', model: 'small' },
      { kind: 'hyde', model: 'far/chat' },
      { kind: 'multi', model: 'small' },
      { kind: 'multi', model: 'far/chat' },
    ]);
    const ranked = { rewrite: ['stepback'], rewriter: ['small'], reranker: ['none', 'cross'] } as const;
    const grid = LabGrid.parse(ranked);
    expect(expandConfigurations(now, grid).map(({ search }) => [search.rewrite?.kind, search.reranker?.model])).toEqual(
      [
        [undefined, undefined],
        ['stepback', undefined],
        ['stepback', 'cross'],
      ],
    );
  });

  it.each([
    ['a kind of rewriting without a model', { rewrite: ['none', 'hyde'] }, /name one or more as `rewriter`/],
    ['a model that rewrites nothing', { mode: ['dense'], rewriter: ['small'] }, /add kinds as `rewrite`/],
    ['only questions without rewriting', { rewrite: ['none'] }, /no value that differs/],
  ])('are refused for %s', (_what, grid, message) => {
    expect(() => expandConfigurations(now, LabGrid.parse(grid))).toThrow(
      expect.objectContaining({ code: 'lab_invalid', message: expect.stringMatching(message) }),
    );
  });

  it('leave out passages that are not longer than their overlap', () => {
    const found = expandConfigurations(now, { maxTokens: [16, 64], overlapTokens: [0, 32] });
    expect(found.slice(1).map(({ index: { splitter } }) => [splitter.maxTokens, splitter.overlapTokens])).toEqual([
      [16, 0],
      [64, 0],
      [64, 32],
    ]);
  });

  it('are refused if there is nothing to compare, or if there are too many', () => {
    expect(() => expandConfigurations(now, {})).toThrow(expect.objectContaining({ code: 'lab_invalid' }));
    expect(() => expandConfigurations(now, { mode: ['hybrid'] })).toThrow(/no value that differs/);
    const sizes = Array.from({ length: 20 }, (_, at) => 50 + at);
    const weights = Array.from({ length: 20 }, (_, at) => at / 20);
    expect(() => expandConfigurations(now, { maxTokens: sizes, weight: weights, diversity: [0, 0.5] })).toThrow(
      /8\d\d configurations, and a lab takes 500 at most/,
    );
  });
});
