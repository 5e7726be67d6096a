import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ModelCard, type ModelHub, type ModelState } from '@heddle/core';
import { tinyGguf } from '../files/__fixtures__/tiny-gguf.js';
import { doubleRepository, startHubDouble, type HubDouble } from '../sources/__fixtures__/hub-double.js';
import { LocalModelHub } from './local-model-hub.js';

const weights = tinyGguf(1000);
const sha256 = createHash('sha256').update(weights).digest('hex');

let double: HubDouble;
let hub: ModelHub;
let modelsFolder: string;

beforeEach(async () => {
  double = await startHubDouble();
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-state-'));
  modelsFolder = path.join(folder, 'models');
  hub = new LocalModelHub({ modelsFolder, dataFolder: folder, settings: { hubEndpoint: double.url } });
});
afterEach(async () => {
  double.close();
  await hub.close();
});

const add = (file: object = {}): Promise<void> =>
  hub.add(
    ModelCard.parse({
      id: 'mine',
      title: 'Mine',
      kind: 'generate',
      runtime: 'llama',
      summary: '',
      publisher: '',
      licence: 'MIT',
      use: '',
      format: 'gguf',
      contextTokens: 512,
      languages: [],
      files: [{ role: 'weights', name: 'mine.gguf', sources: [`hf:${doubleRepository}@main/mine.gguf`], ...file }],
    }),
  );
const state = async (id = 'mine'): Promise<ModelState | undefined> =>
  (await hub.list()).find(({ card }) => card.id === id);
const fileOf = async (id?: string) => (await state(id))?.files?.[0];

describe('the state of a model and its files', () => {
  it('contains the pin of the catalogue before any file exists', async () => {
    expect(await fileOf('qwen3-4b')).toEqual({
      name: 'Qwen3-4B-Q4_K_M.gguf',
      status: 'absent',
      bytes: 0,
      pin: 'heddle',
      sha256: '7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5',
      size: 2_497_280_256,
      commit: 'bc640142c66e1fdd12af0bd68f40445458f3869b',
    });
    expect(await fileOf('toxic-bert')).toEqual({
      name: 'model.onnx',
      status: 'absent',
      bytes: 0,
      pin: 'none',
      size: 110_720_344,
      commit: '65cbc2607cb7fad64f98d1e8a5a3d1f8577895fd',
    });
  });

  it('contains the hash of the first download for an entry that names a branch', async () => {
    const commit = double.commit({ 'mine.gguf': weights });
    await add();
    expect(await fileOf()).toEqual({ name: 'mine.gguf', status: 'absent', bytes: 0, pin: 'none' });
    await hub.pull('mine');
    expect(await state()).toMatchObject({ status: 'ready', metadata: { 'general.architecture': 'llama' } });
    expect(await fileOf()).toEqual({
      name: 'mine.gguf',
      status: 'ready',
      bytes: weights.length,
      pin: 'recorded',
      sha256,
      size: weights.length,
      commit,
      source: 'hf:owner/repo@main/mine.gguf',
      recordedAt: expect.any(String) as unknown,
    });
  });

  it('contains the hash of an entry that a user added', async () => {
    double.commit({ 'mine.gguf': weights });
    await add({ sha256 });
    await hub.pull('mine');
    expect(await fileOf()).toMatchObject({ status: 'ready', pin: 'entry', sha256 });
  });

  it('contains a stable code and a remedy when a file has changed', async () => {
    double.commit({ 'mine.gguf': weights });
    await add();
    await hub.pull('mine');
    const file = path.join(modelsFolder, 'mine', 'mine.gguf');
    writeFileSync(file, tinyGguf(1000, 7));
    utimesSync(file, new Date(), new Date(Date.now() + 10_000));
    expect(await state()).toMatchObject({
      status: 'invalid',
      error: {
        code: 'model_file_invalid',
        message: expect.stringContaining('run heddle models pull mine') as unknown,
      },
      files: [{ status: 'invalid' }],
    });
    await expect(hub.languageModel('mine')).rejects.toMatchObject({ code: 'model_file_invalid' });
    await hub.pull('mine');
    expect(await state()).toMatchObject({ status: 'ready' });
  });
});

describe('a file of two bytes that an earlier Heddle accepted', () => {
  it('is invalid, and the next download replaces it with the model', async () => {
    double.commit({ 'mine.gguf': weights });
    await add();
    const folder = path.join(modelsFolder, 'mine');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'mine.gguf'), '{}');
    const record = {
      sha256: createHash('sha256').update('{}').digest('hex'),
      size: 2,
      source: 'hf:owner/repo@main/mine.gguf',
      fetchedAt: '2026-01-01T00:00:00.000Z',
    };
    writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify({ files: { 'mine.gguf': record } }));
    expect(await state()).toMatchObject({ status: 'invalid', error: { code: 'model_file_invalid' } });
    await hub.pull('mine');
    expect(await state()).toMatchObject({ status: 'ready', files: [{ pin: 'recorded', sha256 }] });
  });
});

describe('a large file that was never verified', () => {
  it('is being checked while the list answers, and ready after the check', async () => {
    await add();
    mkdirSync(path.join(modelsFolder, 'mine'), { recursive: true });
    const file = path.join(modelsFolder, 'mine', 'mine.gguf');
    writeFileSync(file, weights);
    truncateSync(file, 300 * 2 ** 20);
    const done = new Promise<void>((resolve) => hub.watch(resolve));
    expect(await state()).toMatchObject({ status: 'checking', files: [{ status: 'checking' }] });
    await done;
    expect(await state()).toMatchObject({ status: 'ready', files: [{ status: 'ready', pin: 'recorded' }] });
  });
});
