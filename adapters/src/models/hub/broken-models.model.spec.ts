import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type ModelHub } from '@heddle/core';
import { defaultModelsFolder } from '../files/models-folder.js';
import { LocalModelHub } from './local-model-hub.js';

const modelsFolder = defaultModelsFolder();
// Reason of the skip: the damaged files are made from the weights of the starter model.
const describeModels = existsSync(path.join(modelsFolder, 'smollm2-135m', 'manifest.json')) ? describe : describe.skip;

const hubs: ModelHub[] = [];
afterAll(() => Promise.all(hubs.map((hub) => hub.close())));

describeModels('a broken model file', () => {
  const card = (name: string) => ({
    id: 'mine',
    title: 'Mine',
    kind: 'generate' as const,
    runtime: 'llama' as const,
    summary: '',
    publisher: '',
    licence: 'MIT',
    use: '',
    format: 'gguf' as const,
    contextTokens: 512,
    languages: ['en'],
    limits: [],
    measured: [],
    isStarter: false,
    files: [{ role: 'weights' as const, name: 'mine.gguf', sources: [`file:${name}` as const] }],
  });
  const weights = path.join(modelsFolder, 'smollm2-135m', 'SmolLM2-135M-Instruct.Q4_1.gguf');

  it.each([
    ['is a renamed text file', () => Buffer.from('Dear reader, this is no model at all.')],
    ['has a wrong beginning', () => Buffer.concat([Buffer.from('GGML'), readFileSync(weights).subarray(4, 4096)])],
    ['is cut', () => readFileSync(weights).subarray(0, 60_000_000)],
  ])(
    'is refused when it %s, before native code sees it',
    async (_name, content) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'heddle-broken-'));
      const file = path.join(folder, 'file.bin');
      writeFileSync(file, content());
      const hub = new LocalModelHub({ modelsFolder: path.join(folder, 'models'), dataFolder: folder });
      hubs.push(hub);
      await hub.add(card(file));
      await expect(hub.pull('mine')).rejects.toMatchObject({ code: 'model_file_invalid' });
      // The same file, copied there by a user.
      mkdirSync(path.join(folder, 'models', 'mine'), { recursive: true });
      copyFileSync(file, path.join(folder, 'models', 'mine', 'mine.gguf'));
      await expect(hub.languageModel('mine')).rejects.toMatchObject({ code: 'model_file_invalid' });
      expect((await hub.list()).find(({ card: { id } }) => id === 'mine')).toMatchObject({ status: 'invalid' });
      expect(hub.hosts().find(({ runtime }) => runtime === 'llama')).toMatchObject({ status: 'stopped', restarts: 0 });
    },
    180_000,
  );
});
