import { describe, expect, it } from '@jest/globals';
import {
  boundaryInput,
  decideRoute,
  HeddleError,
  labelOf,
  RoutePolicy,
  type CandidateFacts,
  type Routing,
} from '@heddle/core';
import { createFakeEmbedder, runNode, type RunNodeOptions } from '@heddle/core/testing';
import { route } from './route.node.js';
import { detectLanguage } from '../routing/detect-language.js';

const facts = (model: string): CandidateFacts => ({
  model,
  isAvailable: true,
  isLocal: !model.includes('/'),
  clearance: model.includes('/') ? 'internal' : 'restricted',
  contextTokens: 4000,
  supports: { schema: true, tools: true, images: false },
  price: { input: 1, output: 2, currency: 'USD' },
  latency: undefined,
  quality: undefined,
  circuit: 'closed',
  queue: 0,
  budgetLeft: undefined,
});
const routing: Routing = {
  facts: (models) => Promise.resolve(models.map(facts)),
  policy: (name) =>
    name === 'house'
      ? Promise.resolve(RoutePolicy.parse({ name, candidates: [{ model: 'near' }] }))
      : Promise.reject(new HeddleError('policy_not_found', `There is no policy '${name}'.`)),
};
const candidates = [{ model: 'far/big' }, { model: 'near' }];
const run = (options: RunNodeOptions) =>
  runNode(route, { resources: { routing }, label: labelOf('internal'), ...options });

describe('route', () => {
  it('returns the model, its branch, and the decision with all its inputs', async () => {
    const { outputs, decisions } = await run({ config: { candidates }, inputs: { prompt: 'Was ist der Preis?' } });
    expect(outputs).toMatchObject({ model: 'far/big', remote: 'far/big' });
    expect(outputs).not.toHaveProperty('local');
    expect(decisions).toMatchObject([
      { kind: 'route', summary: 'Goes out to far/big: first in the policy.', details: { model: 'far/big' } },
    ]);
    const record = outputs['decision'] as {
      readonly policy: RoutePolicy;
      readonly request: Parameters<typeof decideRoute>[1];
      readonly facts: CandidateFacts[];
    };
    expect(record.request).toEqual({
      label: 'internal',
      maxTokens: 1024,
      tools: false,
      schema: false,
      tokens: 6,
      bound: 210,
      images: false,
      language: 'de',
    });
    // The record contains everything that repeats the decision.
    expect(decideRoute(record.policy, record.request, record.facts, 'run-under-test:node').model).toBe('far/big');
  });

  it('keeps confidential data local', async () => {
    const { outputs } = await run({
      config: { candidates },
      inputs: { prompt: 'Hi' },
      label: labelOf('confidential'),
    });
    expect(outputs).toMatchObject({ model: 'near', local: 'near' });
  });

  it('uses a stored policy by name, and fails if it does not exist', async () => {
    expect((await run({ config: { policy: 'house' }, inputs: { prompt: 'Hi' } })).outputs['model']).toBe('near');
    await expect(run({ config: { policy: 'gone' }, inputs: { prompt: 'Hi' } })).rejects.toMatchObject({
      code: 'policy_not_found',
    });
  });

  it('fails with the reasons when no model is left, or takes the output none', async () => {
    const asked = { inputs: { prompt: 'Hi' }, label: labelOf('restricted') };
    await expect(run({ config: { candidates: [{ model: 'far/big' }] }, ...asked })).rejects.toMatchObject({
      code: 'route_no_candidate',
      message: expect.stringContaining('the data is restricted'),
    });
    const { outputs } = await run({ config: { candidates: [{ model: 'far/big' }], otherwise: 'none' }, ...asked });
    expect(Object.keys(outputs).sort()).toEqual(['decision', 'none']);
  });

  it('sends requests that a learned policy finds easy to the cheap model, and others to the strong model', async () => {
    const embedder = createFakeEmbedder();
    const [easy, hard] = await embedder.embed(['name a colour', 'prove a theorem'], { kind: 'query' });
    const inputOf = (vector: Float32Array | undefined, text: string) => boundaryInput(vector ?? [], text);
    const a = inputOf(easy, 'name a colour');
    const b = inputOf(hard, 'prove a theorem');
    const policy = RoutePolicy.parse({
      name: 'learned',
      candidates: [{ model: 'near', when: [{ fact: 'difficulty', is: 'at-most', value: 0.5 }] }, { model: 'far/big' }],
      boundary: {
        embedding: embedder.id,
        weights: [...b].map((value, at) => 9 * (value - (a[at] ?? 0))),
        bias: 0,
        training: 't1',
        trainedAt: 1,
        rows: 100,
        measured: { share: 0.5, loss: 1, low: 0, high: 2 },
      },
    });
    const learned: Routing = { ...routing, policy: () => Promise.resolve(policy) };
    const routed = (prompt: string, resources: RunNodeOptions['resources']) =>
      run({ config: { policy: 'learned' }, inputs: { prompt }, resources });
    const both = { routing: learned, embedder };
    const { outputs, decisions } = await routed('name a colour', both);
    expect(outputs['model']).toBe('near');
    expect((await routed('prove a theorem', both)).outputs['model']).toBe('far/big');
    // The decision says how difficult the request was, and names the boundary without its weights.
    expect(decisions[0]?.details).toMatchObject({
      request: { difficulty: expect.any(Number) },
      policy: { boundary: { training: 't1', rows: 100 } },
    });
    expect(JSON.stringify(decisions[0]?.details)).not.toContain('weights');
    // Without the embedding model the difficulty is not known, so the run uses the strong model.
    expect((await routed('name a colour', { routing: learned })).outputs['model']).toBe('far/big');
  });

  it('uses the category, the images and the total size of the request', async () => {
    const image = { id: 'sha256:1', name: 'a.png', mediaType: 'image/png', size: 3 };
    const passages = [{ id: 'p', document: 'd', text: 'x'.repeat(3000) }];
    const { outputs } = await run({
      config: {
        candidates: [{ model: 'near', when: [{ fact: 'category', is: 'equal', value: 'billing' }] }],
        otherwise: 'none',
      },
      inputs: { prompt: 'Hi', image, passages, category: 'billing' },
    });
    expect(outputs['decision']).toMatchObject({
      request: { images: true, category: 'billing', tokens: expect.any(Number) },
      excluded: [{ model: 'near', reason: 'it does not support images' }],
    });
    expect((outputs['decision'] as { request: { tokens: number } }).request.tokens).toBeGreaterThan(1000);
  });
});

describe('detectLanguage', () => {
  it.each([
    ['en', 'How many days of leave do I have in the first year?'],
    ['de', 'Wie viele Tage Urlaub habe ich im ersten Jahr?'],
    ['fr', 'Quelle est la durée des congés pour un nouveau collègue dans le groupe ?'],
    ['es', '¿Cuántos días de vacaciones tengo en el primer año y cómo los pido?'],
    ['it', 'Quanti giorni di ferie sono previsti per il primo anno e come si chiedono?'],
    ['nl', 'Hoeveel dagen verlof heb ik in het eerste jaar en hoe vraag ik ze aan?'],
    ['pt', 'Quantos dias de férias tenho no primeiro ano e como os peço?'],
    ['pl', 'Ile dni urlopu mam w pierwszym roku i jak się o nie prosi?'],
    ['sv', 'Hur många dagar semester har jag under det första året och hur ansöker jag om det?'],
    ['ru', 'Сколько дней отпуска в первый год?'],
    ['ja', '最初の年の休暇は何日ですか'],
    ['zh', '第一年有几天假期'],
    ['ar', 'كم عدد أيام الإجازة'],
  ])('detects %s', (language, text) => {
    expect(detectLanguage(text)).toBe(language);
  });

  it('detects no language without typical words', () => {
    for (const text of ['', '12 + 30', 'Paris', 'function f() { return 1 }'])
      expect(detectLanguage(text)).toBe(undefined);
  });
});
