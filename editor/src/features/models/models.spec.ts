import { describe, expect, it } from '@jest/globals';
import { ModelCard, type ModelState } from '@heddle/core';
import { filterModels } from './filter-models.js';
import { parametersText, sizeOf } from './model-text.js';
import { readPull } from './read-pull.js';

const model = (
  id: string,
  kind: ModelCard['kind'],
  status: ModelState['status'],
  sizes: readonly (number | undefined)[] = [100],
): ModelState => ({
  card: ModelCard.parse({
    id,
    title: id,
    kind,
    runtime: 'llama',
    summary: 'Answers briefly.',
    publisher: 'Acme',
    licence: 'MIT',
    use: 'Any.',
    format: 'gguf',
    contextTokens: 2048,
    languages: ['en'],
    files: sizes.map((size, index) => ({
      role: 'weights',
      name: `f${index}`,
      sources: ['file:/f'],
      ...(size === undefined ? {} : { size }),
    })),
  }),
  status,
  bytes: status === 'absent' ? 0 : 60,
});
const all = [
  model('writer', 'generate', 'absent'),
  model('vectors', 'embed', 'ready'),
  model('judge', 'rerank', 'loaded'),
];
const ids = (filter: Partial<Parameters<typeof filterModels>[1]>): readonly string[] =>
  filterModels(all, { kind: 'all', state: 'all', query: '', ...filter }).map(({ card }) => card.id);

describe('the catalogue', () => {
  it('lists models on this machine first, and filters by kind, state and every word of a search', () => {
    expect(ids({})).toEqual(['judge', 'vectors', 'writer']);
    expect(ids({ kind: 'judge' })).toEqual(['judge']);
    expect(ids({ state: 'here' })).toEqual(['judge', 'vectors']);
    expect(ids({ query: 'acme WRITER' })).toEqual(['writer']);
    expect(ids({ query: 'acme nothing' })).toEqual([]);
  });

  it('takes a size from the downloaded files or from the card, and has none otherwise', () => {
    expect(sizeOf(model('a', 'generate', 'ready'))).toBe(60);
    expect(sizeOf(model('a', 'generate', 'absent', [100, 20]))).toBe(120);
    expect(sizeOf(model('a', 'generate', 'absent', [100, undefined]))).toBeUndefined();
    expect([parametersText(135), parametersText(7240)]).toEqual(['135 M', '7.2 B']);
  });

  it('reads the progress of a download, and takes an unreadable one as starting', () => {
    expect(readPull({ bytes: 25, total: 100, stage: 'download', file: 'f', source: 'hf:a/b@c/d' })).toEqual({
      share: 0.25,
      text: '25 B of 100 B from hf',
    });
    const commit = 'bc640142c66e1fdd12af0bd68f40445458f3869b';
    expect(readPull({ bytes: 0, stage: 'connect', source: 'hf:a/b@main/c', commit }).text).toBe(
      'Contacting hf, commit bc64014',
    );
    expect(readPull({ bytes: 0, stage: 'connect', source: 'pip:x==1/y' })).toMatchObject({
      share: undefined,
      text: 'Contacting pip',
    });
    const broken = { bytes: 25, total: 100, stage: 'connect', file: 'f', source: 'hf:a/b@c/d', problem: 'It broke.' };
    expect(readPull(broken)).toEqual({ share: 0.25, text: 'It broke. The download continues automatically.' });
    expect(readPull({})).toEqual({ share: undefined, text: 'Starting' });
  });
});
