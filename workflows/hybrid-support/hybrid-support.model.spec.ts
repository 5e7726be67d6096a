import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Citation } from '@heddle/core';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { hasStarterModels, openTestHeddle, type TestHeddle, type TestRun } from '../testing/open-test-heddle.js';
import { startScriptedProvider, type ScriptedProvider } from '../testing/scripted-provider.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const file = path.join(here, 'workflow.json');
const supportPages = path.join(here, '../ask-the-handbook/handbook/support');

const general = 'When is the support desk open on Saturdays?';
const personal = 'I am Ada Jensen, Elm Street 5. My order 4711 was charged twice on my card. What now?';
const supported =
  'On Saturdays the support desk answers from 10:00 to 14:00, but only in November, December and January.';
const invented = 'Zebras answer at 05:45 on 17 moons.';

const decision = ({ events }: TestRun, kind: string) =>
  events.find((event) => event.type === 'node-decision' && event.kind === kind);

const isReady = await hasStarterModels();
const suite = isReady ? describe : describe.skip;

suite(
  `hybrid-support${isReady ? '' : ' (skipped: the starter models are not on this machine; npm start fetches them)'}`,
  () => {
    let provider: ScriptedProvider;
    let heddle: TestHeddle;
    let say: string | { readonly status: number } = supported;

    beforeAll(async () => {
      provider = await startScriptedProvider(() => say);
      heddle = await openTestHeddle({ remote: (id) => provider.languageModel(id) });
      await heddle.ingest('handbook', supportPages);
    }, 120_000);
    afterAll(async () => {
      await heddle.close();
      await provider.close();
    });

    it('sends a general question to the frontier model, and its supported answer to the customer', async () => {
      say = supported;
      const before = provider.asked.length;
      const run = await heddle.run(file, { message: general });
      expect(run.outcome.error).toBeUndefined();
      expect(run.outputs).toMatchObject({ answer: supported, confidence: 1, category: 'general' });
      expect(provider.asked.slice(before).map(({ model }) => model)).toEqual(['gpt-5-mini']);
      const cited = z.array(Citation).min(1).parse(run.outputs['citations']);
      expect(cited.map(({ document }) => document)).toContain('hours.md');
    }, 180_000);

    it('keeps a personal message on this machine, and sends none of it', async () => {
      const before = provider.asked.length;
      const run = await heddle.run(file, { message: personal });
      expect(run.outcome.error).toBeUndefined();
      expect(provider.asked.length).toBe(before);
      expect(JSON.stringify(provider.asked)).not.toContain('Jensen');
      expect(decision(run, 'route')).toMatchObject({
        details: { model: 'smollm2-135m', request: { label: 'confidential' } },
      });
      // Everything that is derived from it is confidential too.
      const letter = run.events.find((event) => event.type === 'node-end' && event.path === 'letter');
      expect(letter).toMatchObject({ outputs: { text: { label: { level: 'confidential' } } } });
    }, 120_000);

    it('asks a person before it sends an answer that the handbook does not support, and removes a promise', async () => {
      say = `${invented} It is free of charge forever.`;
      const run = await heddle.run(file, { message: general });
      expect(run.outcome).toMatchObject({ status: 'suspended', requests: [expect.any(String)] });
      const asked = run.events.find((event) => event.type === 'human-input-start');
      expect(asked).toMatchObject({
        path: 'person',
        question: {
          details: { value: { answer: invented, message: general } },
          buttons: [{ id: 'send' }, { id: 'discard' }],
        },
      });
      expect(decision(run, 'moderate')).toMatchObject({ details: { found: [{ category: 'promise' }] } });
    }, 180_000);

    it('continues with the model on this machine if the provider fails', async () => {
      say = { status: 503 };
      const run = await heddle.run(file, { message: general });
      expect(run.outcome.error).toBeUndefined();
      const wrote = run.events.find((event) => event.type === 'node-end' && event.path === 'answer');
      expect(wrote).toMatchObject({ outputs: { usage: { value: { model: expect.stringContaining('smollm2') } } } });
    }, 120_000);
  },
);
