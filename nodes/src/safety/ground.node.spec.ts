import { describe, expect, it } from '@jest/globals';
import { createFakeEmbedder, runNode } from '@heddle/core/testing';
import { ground } from './ground.node.js';

const passages = [
  { id: 'a', document: 'leave.md', text: 'Everyone has 27 days of leave a year. Unused days end in March.' },
  { id: 'b', document: 'looms.md', text: 'The Wren is a loom for small rooms.' },
];
const judge = (text: string, config = {}, given = passages) =>
  runNode(ground, { config, inputs: { text, passages: given }, resources: { embedder: createFakeEmbedder() } });

describe('ground', () => {
  it('finds sentences that the passages support, and names the passage', async () => {
    for (const config of [{}, { embedding: 'fake-embedder' }]) {
      const { outputs, decisions } = await judge(
        'You have 27 days of leave a year. The Wren is a loom for small rooms.',
        config,
      );
      expect(outputs).toMatchObject({ score: 1, report: [{ passage: 'a' }, { passage: 'b' }] });
      expect(outputs['supported']).toBeDefined();
      expect(outputs['unsupported']).toBeUndefined();
      expect(decisions).toMatchObject([{ kind: 'ground', summary: '2 of 2 sentences are supported.' }]);
    }
  });

  it('sends an answer with an invented sentence or number to unsupported, unless enough is supported', async () => {
    const invented = 'Everyone has 27 days of leave a year. Managers fly to Lisbon each summer.';
    expect((await judge(invented)).outputs).toMatchObject({ unsupported: invented, score: 0.5 });
    expect((await judge(invented, { enough: 0.5 })).outputs['supported']).toBe(invented);
    expect((await judge('Everyone has 35 days of leave a year.')).outputs['score']).toBe(0);
  });

  it('supports nothing without passages, and gives an empty answer the full score', async () => {
    expect((await judge('Everyone has leave.', {}, [])).outputs['score']).toBe(0);
    expect((await judge('')).outputs['score']).toBe(1);
  });
});
