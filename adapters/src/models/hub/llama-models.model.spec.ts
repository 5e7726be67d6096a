import { existsSync, linkSync, mkdirSync, mkdtempSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModelCard, type ModelHub } from '@heddle/core';
import { collectEvents, cosine, embedderSuite, textOf } from '@heddle/core/testing';
import { defaultModelsFolder } from '../files/models-folder.js';
import { tinyLora } from '../llama/__fixtures__/tiny-lora.js';
import { LocalModelHub } from './local-model-hub.js';

const starter = path.join(defaultModelsFolder(), 'smollm2-135m', 'SmolLM2-135M-Instruct.Q4_1.gguf');
// Reason of the skip: these tests need the weights of the starter model, which `npm start` or `npm test` fetches.
const describeModels = existsSync(starter) ? describe : describe.skip;

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-llama-'));
const modelsFolder = path.join(folder, 'models');

/** Puts the weights of the starter model at the path of another model. */
function linkStarter(id: string, name: string): void {
  mkdirSync(path.join(modelsFolder, id), { recursive: true });
  try {
    linkSync(starter, path.join(modelsFolder, id, name));
  } catch {
    // The folders are on different disks.
    copyFileSync(starter, path.join(modelsFolder, id, name));
  }
}

const common = {
  title: '',
  runtime: 'llama',
  format: 'gguf',
  summary: '',
  publisher: '',
  licence: 'MIT',
  use: '',
  contextTokens: 256,
  languages: ['en'],
};

describeModels('models that users add to llama.cpp', () => {
  let hub: ModelHub;
  beforeAll(async () => {
    linkStarter('smollm2-135m', 'SmolLM2-135M-Instruct.Q4_1.gguf');
    linkStarter('states', 'states.gguf');
    writeFileSync(path.join(folder, 'lora.gguf'), tinyLora(576, [10, 20, 29], 1));
    hub = new LocalModelHub({ modelsFolder, dataFolder: folder, settings: { contextTokens: 512, slots: 2 } });
    const file = (name: string, role: string) => [{ role, name, sources: [`file:${path.join(folder, name)}`] }];
    await hub.add(
      ModelCard.parse({
        ...common,
        id: 'states',
        kind: 'embed',
        dimensions: 576,
        pooling: 'mean',
        files: file('states.gguf', 'weights'),
      }),
    );
    await hub.add(
      ModelCard.parse({
        ...common,
        id: 'bent',
        kind: 'lora',
        baseModel: 'smollm2-135m',
        files: file('lora.gguf', 'adapter'),
      }),
    );
    await hub.pull('bent');
  });
  afterAll(() => hub.close());

  for (const promise of embedderSuite.filter(({ name }) => !name.startsWith('puts like texts'))) {
    // The starter model writes text: its states have the form of vectors, but no meaning.
    it(`GGUF embedder: ${promise.name}`, async () => promise.run({ embedder: await hub.embedder('states') }), 120_000);
  }

  it('uses a LoRA adapter for one generation and not for others', async () => {
    const model = await hub.languageModel('smollm2-135m');
    const write = async (adapters: { id: string; scale?: number }[]): Promise<string> =>
      textOf(
        await collectEvents(model, {
          messages: [{ role: 'user', content: 'Write about bread.' }],
          temperature: 0,
          seed: 1,
          maxTokens: 16,
          adapters,
        }),
      );
    const plain = await write([]);
    expect(await write([{ id: 'bent', scale: 2 }])).not.toBe(plain);
    expect(await write([{ id: 'bent', scale: 0 }])).toBe(plain);
    expect(await write([])).toBe(plain);
  }, 180_000);

  it('refuses a file that is not an adapter, and an adapter of another model', async () => {
    const model = await hub.languageModel('smollm2-135m');
    const messages = [{ role: 'user' as const, content: 'x' }];
    await expect(collectEvents(model, { messages, adapters: [{ id: 'states' }] })).rejects.toMatchObject({
      code: 'model_wrong_kind',
    });
    await expect(collectEvents(model, { messages, adapters: [{ id: 'nope' }] })).rejects.toMatchObject({
      code: 'model_unknown',
    });
    const orphan = {
      ...common,
      id: 'orphan',
      kind: 'lora',
      baseModel: 'nobody',
      files: [{ role: 'adapter', name: 'a.gguf', sources: ['file:/a'] }],
    };
    await expect(hub.add(ModelCard.parse(orphan))).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('gives the same vector for the same text', async () => {
    const embedder = await hub.embedder('states');
    const [one, two] = await embedder.embed(['bread and butter', 'bread and butter'], { kind: 'query' });
    expect(cosine(one!, two!)).toBeCloseTo(1, 5);
  });
});
