import { describe, expect, it } from '@jest/globals';
import { createFakeEmbedder, createFakeLanguageModel } from './fake-models.js';
import { embedderSuite } from './embedder-suite.js';
import { languageModelSuite } from './language-model-suite.js';

describe('the fake language model', () => {
  const make = () => ({
    model: createFakeLanguageModel((request) => ({
      text: request.schema === undefined ? 'one two three four five six seven' : '{"city":"Rome","count":3}',
      hangs: request.maxTokens === 1000,
    })),
  });
  for (const promise of languageModelSuite) it(promise.name, () => promise.run(make()));

  it('keeps the pieces of a scripted text', async () => {
    const model = createFakeLanguageModel([{ text: ['a b', 'c'] }]);
    const events = [];
    for await (const event of model.generate({ messages: [] }, { signal: new AbortController().signal }))
      events.push(event);
    expect(events.flatMap((event) => (event.type === 'text' ? [event.text] : []))).toEqual(['a b', 'c']);
  });
});

describe('the fake embedder', () => {
  for (const promise of embedderSuite) it(promise.name, () => promise.run({ embedder: createFakeEmbedder() }));
});
