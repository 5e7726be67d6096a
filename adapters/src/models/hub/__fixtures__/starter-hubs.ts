import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe } from '@jest/globals';
import type { GenerateRequest, LanguageModel, ModelHub } from '@heddle/core';
import { collectEvents, textOf } from '@heddle/core/testing';
import { defaultModelsFolder } from '../../files/models-folder.js';
import { LocalModelHub } from '../local-model-hub.js';
import type { ModelSettings } from '../settings.js';

const modelsFolder = defaultModelsFolder();
const hasStarters = ['smollm2-135m', 'all-minilm-l6-v2'].every((id) =>
  existsSync(path.join(modelsFolder, id, 'manifest.json')),
);

const hubs = new Set<ModelHub>();

/**
 * Describes tests that run the real starter models, which `npm start` or `npm test` fetches: skipped where they are not there. The hubs that they make are
 * closed after them.
 */
export function describeModels(name: string, tests: () => void): void {
  (hasStarters ? describe : describe.skip)(name, () => {
    afterAll(async () => {
      await Promise.all([...hubs].map((hub) => hub.close()));
      hubs.clear();
    });
    tests();
  });
}

/** A hub over the starter models, for tests of `describeModels`. */
export function makeHub(settings: ModelSettings = {}): ModelHub {
  const hub = new LocalModelHub({
    modelsFolder,
    dataFolder: mkdtempSync(path.join(tmpdir(), 'heddle-hub-')),
    settings: { contextTokens: 1024, ...settings },
  });
  hubs.add(hub);
  return hub;
}

/** A request of a few words. */
export const ask = (content: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  messages: [{ role: 'user', content }],
  temperature: 0,
  seed: 1,
  maxTokens: 24,
  ...more,
});

/** The host of llama.cpp. */
export const llamaOf = (hub: ModelHub) => hub.hosts().find(({ runtime }) => runtime === 'llama')!;

/** The text that a model writes. */
export const write = async (model: LanguageModel, request: GenerateRequest): Promise<string> =>
  textOf(await collectEvents(model, request));

/** Waits until something is so. */
export async function until(isSo: () => boolean, withinMs = 30_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`It was not so within ${withinMs} ms: ${String(isSo)}`);
    await pause(20);
  }
}

/** Waits. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
