import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openCatalogue } from './catalogue.js';
import { starterCatalogue } from './starter-catalogue.js';

const folder = (): string => mkdtempSync(path.join(tmpdir(), 'heddle-catalogue-'));
const mine = {
  id: 'mine',
  title: 'Mine',
  kind: 'generate',
  runtime: 'llama',
  summary: 'Ours.',
  publisher: 'Us',
  licence: 'MIT',
  use: 'Any.',
  files: [{ role: 'weights', name: 'mine.gguf', sources: ['file:/models/mine.gguf'] }],
  format: 'gguf',
  contextTokens: 2048,
  languages: ['en'],
};

describe('the catalogue', () => {
  it('has the starter models, and models of every kind', () => {
    expect(starterCatalogue.filter(({ isStarter }) => isStarter).map(({ id }) => id)).toEqual([
      'smollm2-135m',
      'all-minilm-l6-v2',
    ]);
    expect(new Set(starterCatalogue.map(({ kind }) => kind))).toEqual(
      new Set(['generate', 'embed', 'rerank', 'classify']),
    );
    expect(starterCatalogue.length).toBeGreaterThanOrEqual(14);
  });

  it('has unique ids and the required fields of each kind', () => {
    expect(new Set(starterCatalogue.map(({ id }) => id)).size).toBe(starterCatalogue.length);
    for (const card of starterCatalogue) {
      if (card.kind === 'embed') expect([card.id, card.dimensions, card.pooling]).not.toContain(undefined);
      if (card.kind === 'classify') expect([card.id, card.labels, card.activation]).not.toContain(undefined);
    }
  });

  it('pins a commit, a size and a hash for each file, except where no published hash is known', () => {
    const open: string[] = [];
    for (const { id, files } of starterCatalogue) {
      for (const { name, size, sha256, sources } of files) {
        for (const source of sources)
          if (source.startsWith('hf:')) expect(source).toMatch(/^hf:[^/]+\/[^/@]+@[0-9a-f]{40}\/.+/);
        if (sha256 === undefined) open.push(`${id}/${name}`);
        else expect([id, name, size]).not.toContain(undefined);
      }
    }
    expect(open).toEqual(['toxic-bert/model.onnx', 'toxic-bert/tokenizer.json']);
  });

  it('keeps the entries that a user adds', async () => {
    const data = folder();
    await openCatalogue(data).add(mine);
    expect(openCatalogue(data).card('mine')).toMatchObject({ title: 'Mine', isStarter: false });
  });

  it('refuses an id that exists, an invalid entry and a file name with a folder', async () => {
    const catalogue = openCatalogue(folder());
    await expect(catalogue.add({ ...mine, id: 'smollm2-135m' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(catalogue.add({ ...mine, contextTokens: 'many' })).rejects.toMatchObject({ code: 'bad_request' });
    const outside = { ...mine, files: [{ ...mine.files[0], name: '../../x.gguf' }] };
    await expect(catalogue.add(outside)).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('reports an unknown model', () => {
    expect(() => openCatalogue(folder()).card('nope')).toThrow(expect.objectContaining({ code: 'model_unknown' }));
  });

  it('names the invalid file', () => {
    const data = folder();
    writeFileSync(path.join(data, 'models.json'), '{');
    expect(() => openCatalogue(data)).toThrow(/models\.json/);
  });
});
