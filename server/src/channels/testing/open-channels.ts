import {
  HeddleError,
  localPrincipal,
  type Classifier,
  type Embedder,
  type LanguageModel,
  type ModelHub,
  type WorkflowDocument,
} from '@heddle/core';
import { createFakeEmbedder, createFakeLanguageModel, type FakeScript } from '@heddle/core/testing';
import { resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { CallerRights } from '../../auth/rights/caller-rights.js';
import type { Identity } from '../../auth/identity.js';
import { createApp } from '../../app/create-app.js';
import { createTestHeddle } from '../../testing/test-heddle.js';
import { createTestPublished } from '../../testing/test-published.js';
import { withhold } from './withhold.js';

/** Starts a listening Heddle with real nodes, the real engine, a scripted model and published documents. */
export async function openChannels(script: FakeScript, documents: Readonly<Record<string, WorkflowDocument>>) {
  const model = createFakeLanguageModel(script);
  const heddle = createTestHeddle({
    engine: { startRun, resumeRun },
    nodes: [...standardNodes, withhold],
    models: hubOf(model, createFakeEmbedder({ dimensions: 8 })),
  });
  const rights = new CallerRights(heddle.parts.identity, identity, heddle.clock);
  const app = await createApp({ ...heddle, identity, rights }, { published: createTestPublished(heddle, documents) });
  await app.listen(0, '127.0.0.1');
  const address = await app.getUrl();
  return {
    heddle,
    model,
    address,
    close: async (): Promise<void> => {
      await heddle.stop();
      await app.close();
      await heddle.close();
    },
  };
}

/** Callers in these tests authenticate with the key `k`. */
const identity: Identity = {
  identify: ({ headers }) =>
    headers.authorization === 'Bearer k'
      ? Promise.resolve(localPrincipal)
      : Promise.reject(new HeddleError('unauthorized', 'The API key is not known here.')),
};

/** A model hub with `fake` for text, `fake-embedder` for embeddings and, if one is given, `fake-classifier`. */
export function hubOf(model: LanguageModel, embedder: Embedder, classifier?: Classifier): ModelHub {
  const cards = [
    { id: 'fake', kind: 'generate', publisher: 'Tests' },
    { id: 'fake-embedder', kind: 'embed', publisher: 'Tests' },
    ...(classifier === undefined ? [] : [{ id: 'fake-classifier', kind: 'classify', publisher: 'Tests' }]),
  ];
  const hub: Partial<Record<keyof ModelHub, unknown>> = {
    list: () => Promise.resolve(cards.map((card, index) => ({ card, status: index === 0 ? 'loaded' : 'ready' }))),
    card: (id: string) => {
      const card = cards.find((known) => known.id === id);
      if (card === undefined) throw unknown(id);
      return card;
    },
    languageModel: (id: string) => (id === 'fake' ? Promise.resolve(model) : Promise.reject(unknown(id))),
    embedder: () => Promise.resolve(embedder),
    classifier: (id: string) => (classifier === undefined ? Promise.reject(unknown(id)) : Promise.resolve(classifier)),
    watch: () => () => undefined,
    close: () => Promise.resolve(),
  };
  return hub as ModelHub; // Only what the channels use is implemented.
}

const unknown = (id: string): HeddleError => new HeddleError('model_unknown', `There is no model '${id}'.`);

/** A chat with a model. If a word is given, it is moderated out of the model's text. */
export function chatWorkflow(blocked?: string): WorkflowDocument {
  const guard: WorkflowDocument['nodes'] =
    blocked === undefined ? {} : { guard: { type: 'withhold', version: 1, config: { word: blocked } } };
  return {
    heddle: 2,
    name: 'Chat',
    nodes: {
      asked: { type: 'input', version: 1, config: { fields: [{ name: 'messages', type: 'Messages' }] } },
      chat: { type: 'generate', version: 1, config: { model: 'fake', maxTokens: 1024 } },
      ...guard,
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
    },
    edges: [
      { from: 'asked.messages', to: 'chat.messages' },
      ...(blocked === undefined
        ? [{ from: 'chat.text', to: 'reply.answer' }]
        : [
            { from: 'chat.text', to: 'guard.text' },
            { from: 'guard.text', to: 'reply.answer' },
          ]),
    ],
  };
}
