import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasStarterModels, openTestHeddle, type TestHeddle } from '../testing/open-test-heddle.js';
import { startScriptedProvider, type ScriptedProvider } from '../testing/scripted-provider.js';

const file = path.join(path.dirname(fileURLToPath(import.meta.url)), 'workflow.json');
const question = 'Name three things that a weaver needs.';

const isReady = await hasStarterModels();
const suite = isReady ? describe : describe.skip;

suite(
  `compare-models${isReady ? '' : ' (skipped: the starter models are not on this machine; npm start fetches them)'}`,
  () => {
    let provider: ScriptedProvider;
    let heddle: TestHeddle;
    let say: string | { readonly status: number } = 'A loom, yarn and a shuttle.';
    beforeAll(async () => {
      provider = await startScriptedProvider(() => say);
      heddle = await openTestHeddle({ remote: (id) => provider.languageModel(id) });
    }, 60_000);
    afterAll(async () => {
      await heddle.close();
      await provider.close();
    });

    it('compares the starter model with itself if no other model is set up', async () => {
      const { outcome, outputs } = await heddle.run(file, { question });
      expect(outcome.error).toBeUndefined();
      expect(outputs['comparison']).toMatchObject({
        first: { model: expect.stringContaining('smollm2'), cost: null, outputTokens: expect.any(Number) },
        second: { model: expect.stringContaining('smollm2') },
        agreement: expect.any(Number),
      });
      expect(String(outputs['first']).trim()).not.toBe('');
    }, 120_000);

    it('sets a local and a frontier model side by side, with tokens and cost', async () => {
      say = 'A loom, yarn and a shuttle.';
      const { outcome, outputs } = await heddle.run(file, { question, second: 'openai/gpt-5-mini' });
      expect(outcome.error).toBeUndefined();
      expect(outputs['second']).toBe(say);
      const inputTokens = question.length;
      expect(outputs['comparison']).toMatchObject({
        second: { inputTokens, outputTokens: say.length, cost: (inputTokens + 2 * say.length) / 1e6 },
        isSame: false,
      });
    }, 120_000);

    it('keeps one answer if the other model fails, and names the failure', async () => {
      say = { status: 401 };
      const { outcome, outputs } = await heddle.run(file, { question, second: 'openai/gpt-5-mini' });
      expect(outcome.error).toBeUndefined();
      expect(outputs['second']).toBeUndefined();
      expect(outputs['comparison']).toMatchObject({ second: { failed: 'provider_unauthorized' } });
    }, 120_000);
  },
);
