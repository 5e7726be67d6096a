import { createCollections } from '@heddle/adapters/collections';
import { createDocuments } from '@heddle/adapters/documents';
import { createEmbeddedStore } from '@heddle/adapters/vectors';
import { HeddleError, ModelCard, type Collections, type ModelHub, type ModelState } from '@heddle/core';
import { createFakeEmbedder, createFakeLanguageModel, createFakeTokenizer } from '@heddle/core/testing';
import { join } from 'node:path';

/** Doubles of the starter models. They can be absent, and a pull makes them ready. */
interface StarterDouble extends ModelHub {
  /** Sets whether the models are on this machine. */
  setReady(isReady: boolean): void;
}

const cardOf = (id: string, kind: string): ModelCard =>
  ModelCard.parse({
    id,
    title: id,
    kind,
    runtime: 'llama',
    summary: 's',
    publisher: 'p',
    licence: 'MIT',
    use: 'any',
    format: 'gguf',
    contextTokens: 2048,
    languages: ['en'],
    isStarter: true,
    files: [{ role: 'weights', name: 'm.gguf', sources: ['file:/m.gguf'], size: 1_000_000 }],
  });
const stateOf = (card: ModelCard, isReady: boolean): ModelState => ({
  card,
  status: isReady ? 'ready' : 'absent',
  bytes: 1_000_000,
  files: [],
});
const cards = [cardOf('smollm2-135m', 'generate'), cardOf('all-minilm-l6-v2', 'embed')];

/** Repeats the sentence of the prompt that has the most words in common with the question, as a small model does. */
function answerTo(prompt: string): string {
  const question = prompt.split(':').at(-1) ?? '';
  const words = question.toLowerCase().match(/[a-z]{5,}/g) ?? [];
  const sentences = prompt.slice(0, prompt.length - question.length).match(/[^\n.#]+\./g) ?? [];
  const fits = (sentence: string): number => words.filter((word) => sentence.toLowerCase().includes(word)).length;
  const [best] = sentences.toSorted((a, b) => fits(b) - fits(a));
  return best?.trim() ?? 'I do not know.';
}

export function createStarterDouble(): StarterDouble {
  const ready = new Set(cards.map(({ id }) => id));
  const listeners = new Set<() => void>();
  const tell = (): void => listeners.forEach((listener) => listener());
  const none = (): HeddleError => new HeddleError('model_unknown', 'The double has no such model.');
  const model = createFakeLanguageModel(({ messages }) => {
    const last = messages.at(-1)?.content;
    return answerTo(typeof last === 'string' ? last : '');
  });
  return {
    setReady: (isReady) => {
      ready.clear();
      if (isReady) for (const { id } of cards) ready.add(id);
      tell();
    },
    list: () => Promise.resolve(cards.map((card) => stateOf(card, ready.has(card.id)))),
    card: (id) => {
      const found = cards.find((card) => card.id === id);
      if (found === undefined) throw none();
      return found;
    },
    add: () => Promise.reject(none()),
    pull: (id) => {
      ready.add(id);
      tell();
      return Promise.resolve();
    },
    languageModel: () => Promise.resolve(model),
    embedder: (id) => Promise.resolve(createFakeEmbedder({ id })),
    reranker: () => Promise.reject(none()),
    classifier: () => Promise.reject(none()),
    tokenizer: (id) => Promise.resolve(createFakeTokenizer(id)),
    hosts: () => [],
    watch: (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    close: () => Promise.resolve(),
  };
}

/** Makes real collections whose embedding model is a double. */
export function collectionsOf(
  folder: string,
  models: ModelHub,
): { readonly collections: Collections; readonly close: () => Promise<void> } {
  const store = createEmbeddedStore({ file: join(folder, 'collections.db') });
  const documents = createDocuments();
  return {
    collections: createCollections({
      embedded: store,
      documents,
      embedder: (id) => models.embedder(id),
      tokenizer: (id) => models.tokenizer(id),
    }),
    close: async () => {
      await documents.close();
      await store.close();
    },
  };
}
