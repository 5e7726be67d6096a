import { join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';
import { inTemporaryFolder } from './shared.mjs';

const models = ['near', 'far/small', 'far/big', 'other/big', 'other/small'];

/** Makes a model call as the journal records it. */
const callOf = (index, now) => ({
  type: 'model-call',
  path: 'answer',
  attempt: 1,
  time: now,
  model: models[index % models.length],
  kind: 'generate',
  isLocal: index % models.length === 0,
  parameters: {},
  promptHash: 'sha256:0',
  label: { level: 'internal', marks: [] },
  started: now - 100 - (index % 900),
  finishReason: 'stop',
  usage: { inputTokens: 200, outputTokens: 50, firstTokenMs: 40 + (index % 60), cost: 0.001, currency: 'USD' },
});

/** Connections and local models that answer from memory, so that only Heddle's own work is measured. */
const sources = {
  connections: {
    languageModel: async (id) => ({
      info: {
        contextTokens: 128_000,
        supports: { schema: true, tools: true, images: true },
        price: { input: id.length, output: id.length * 4, currency: 'USD' },
        destination: { name: id, clearance: 'internal', isLocal: false },
      },
    }),
    state: () => ({ circuit: 'closed', waiting: 0 }),
  },
  models: {
    isOpen: true,
    get: async () => ({
      list: async () => [{ card: { id: 'near', kind: 'generate', contextTokens: 8000 }, status: 'ready' }],
      hosts: () => [],
    }),
  },
};

async function decide() {
  const { FolderBlobs } = await import('@heddle/adapters/blobs');
  const { openDatabase, sqliteTables } = await import('@heddle/adapters/database');
  const { createSqliteJournal } = await import('@heddle/adapters/journal');
  const { Budget, decideRoute, RoutePolicy } = await import('@heddle/core');
  const { acceptRun } = await import('@heddle/core/testing');
  const from = (file) => import(join(root, 'server', 'dist', 'routing', file));
  const { openRouting } = await from('open-routing.js');
  const { createRouting } = await from('candidate-facts.js');
  const clock = { now: () => Date.now() };
  return inTemporaryFolder(async (folder) => {
    const database = openDatabase(join(folder, 'heddle.db'));
    const { routing, projections } = openRouting(database, clock);
    const journal = createSqliteJournal(database, {
      blobs: new FolderBlobs(join(folder, 'blobs')),
      clock,
      projections,
    });
    await acceptRun(journal, 'a');
    for (let block = 0; block < 10; block += 1)
      await journal.append(
        'a',
        Array.from({ length: 1_000 }, (_, index) => callOf(index, clock.now())),
      );
    const { createFeedbackStore } = await import('@heddle/adapters/feedback');
    const feedback = createFeedbackStore(database, clock);
    for (const model of models)
      feedback.give({
        runId: 'a',
        message: model,
        who: 'u',
        rating: 4,
        label: 'internal',
        project: 'default',
        workflow: 'w',
        subject: 'u',
        models: [model],
        batches: [],
      });
    const house = Budget.parse({ id: 'house', scope: { kind: 'all' }, limits: { money: 100 }, onLimit: 'stop' });
    await sqliteTables(database).commit(routing.budgets.write.save(house));
    const port = createRouting({ ...sources, routing, feedback, clock, contextTokens: undefined });
    const policy = RoutePolicy.parse({
      prefer: 'cheapest',
      candidates: models.map((model) => ({ model, when: [{ fact: 'label', is: 'at-most', value: 'confidential' }] })),
    });
    const request = { label: 'internal', tokens: 900, maxTokens: 200, images: false, tools: false, schema: false };
    const samples = [];
    for (let index = 0; index < 1_200; index += 1) {
      const begin = performance.now();
      const decision = decideRoute(policy, request, await port.facts(models), `run-${index}`);
      if (index >= 200) samples.push(performance.now() - begin);
      if (decision.model !== 'near') throw new Error(`The cheapest is 'near', chosen was '${decision.model}'.`);
    }
    await journal.close();
    database.close();
    return samples;
  });
}

export const cases = [
  {
    name: 'route-decision',
    title: 'a routing decision among five models, facts gathered anew, after 10,000 recorded calls',
    run: async () => [{ case: 'route-decision', unit: 'ms', samples: await decide() }],
  },
];
