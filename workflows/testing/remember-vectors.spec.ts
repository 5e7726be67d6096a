import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFakeEmbedder } from '@heddle/core/testing';
import type { Embedder } from '@heddle/core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rememberVectors } from './remember-vectors.js';

describe('rememberVectors', () => {
  let folder: string;
  let asked: string[];
  let real: Embedder;
  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(tmpdir(), 'heddle-vectors-')), 'vectors');
    asked = [];
    const fake = createFakeEmbedder({ id: 'fake', dimensions: 8 });
    real = {
      ...fake,
      embed: (texts, options) => {
        asked.push(...texts);
        return fake.embed(texts, options);
      },
    };
  });
  afterEach(() => rm(path.dirname(folder), { recursive: true }));

  it('returns the vectors of the model, in order, and embeds each passage once', async () => {
    const texts = ['warp', 'weft', 'heddle'];
    const expected = await real.embed(texts, { kind: 'passage' });
    asked = [];
    await rememberVectors(real, folder).embed(['weft'], { kind: 'passage' });
    const another = rememberVectors(real, folder);
    expect(await another.embed(texts, { kind: 'passage' })).toEqual(expected);
    expect(await another.embed(texts, { kind: 'passage' })).toEqual(expected);
    expect(asked).toEqual(['weft', 'warp', 'heddle']);
  });

  it('calls the model again for queries, for another model, and without a folder', async () => {
    const options = { kind: 'passage' } as const;
    await rememberVectors(real, folder).embed(['warp'], options);
    await rememberVectors(real, folder).embed(['warp'], { kind: 'query' });
    await rememberVectors({ ...real, id: 'other' }, folder).embed(['warp'], options);
    await rememberVectors(real, undefined).embed(['warp'], options);
    expect(asked).toEqual(['warp', 'warp', 'warp', 'warp']);
  });
});
