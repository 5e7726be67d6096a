import { createFakeEmbedder, createFakeLanguageModel, runNode } from '@heddle/core/testing';
import { describe, expect, it } from '@jest/globals';
import { classify } from './classify.node.js';

const categories = [
  { name: 'billing', examples: ['the invoice is wrong'], words: ['invoice', 'price'] },
  { name: 'travel', examples: ['book me a train'], words: ['train'] },
];

describe('classify', () => {
  it('takes the port of the nearest example, or none below the threshold', async () => {
    const resources = { embedder: createFakeEmbedder() };
    const config = { categories, threshold: 0.9 };
    const near = await runNode(classify, { config, resources, inputs: { text: 'the invoice is wrong' } });
    expect(near.outputs).toMatchObject({ billing: 'the invoice is wrong', category: 'billing' });
    expect(near.outputs).not.toHaveProperty('none');
    expect(near.decisions).toMatchObject([{ kind: 'classify', details: { category: 'billing' } }]);
    const far = await runNode(classify, { config, resources, inputs: { text: 'zebra' } });
    expect(far.outputs).toMatchObject({ none: 'zebra', category: 'none' });
  });

  it('matches whole words', async () => {
    const run = (text: string) => runNode(classify, { config: { by: 'rules', categories }, inputs: { text } });
    expect((await run('Which TRAIN?')).outputs['category']).toBe('travel');
    expect((await run('I am training')).outputs['category']).toBe('none');
  });

  it('lets a model name a category, and refuses an unknown name', async () => {
    const run = (answer: string) =>
      runNode(classify, {
        config: { by: 'model', categories },
        inputs: { text: 'Hm' },
        resources: { languageModel: createFakeLanguageModel([answer]) },
      });
    expect((await run('{"category":"travel"}')).outputs).toMatchObject({ travel: 'Hm', category: 'travel' });
    await expect(run('{"category":"zoo"}')).rejects.toMatchObject({ code: 'schema_mismatch' });
  });

  it('uses the labels of a classifier that are named like its categories', async () => {
    const classifier = {
      id: 'team/sorter',
      labels: ['Billing', 'Travel'],
      destination: { name: 'local', clearance: 'restricted', isLocal: true } as const,
      classify: async () => [{ Billing: 0.8, Travel: 0.3, Unknown: 0.9 }],
    };
    const run = (config: Record<string, unknown>) =>
      runNode(classify, {
        config: { by: 'classifier', classifier: 'team/sorter', categories, ...config },
        inputs: { text: 'Hm' },
        resources: { classifier },
      });
    expect((await run({})).outputs).toMatchObject({ billing: 'Hm', score: 0.8, scores: { travel: 0.3 } });
    expect((await run({ threshold: 0.9 })).outputs).toMatchObject({ none: 'Hm' });
    await expect(run({ categories: [{ name: 'zoo' }] })).rejects.toMatchObject({ code: 'schema_mismatch' });
    await expect(run({ classifier: '' })).rejects.toMatchObject({ code: 'workflow_invalid' });
  });
});
