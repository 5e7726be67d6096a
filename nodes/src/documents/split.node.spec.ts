import { describe, expect, it } from '@jest/globals';
import { runNode } from '@heddle/core/testing';
import { split } from './split.node.js';
import { documents, tokenizer } from '../testing/fake-resources.js';

describe('split', () => {
  const resources = { documents, tokenizer };

  it('cuts documents and texts, keeping document, title, source, metadata and location', async () => {
    const run = await runNode(split, {
      inputs: {
        documents: [
          {
            id: 'a.md',
            text: 'one|two',
            title: 'A',
            source: '/a.md',
            metadata: { year: 2026 },
            spans: [{ start: 0, end: 7, page: 3 }],
          },
        ],
        text: 'three',
      },
      resources,
    });
    expect(run.outputs['passages']).toEqual([
      {
        id: 'a.md#0',
        document: 'a.md',
        text: 'one',
        title: 'A',
        source: '/a.md',
        metadata: { year: 2026 },
        place: { start: 0, page: 3 },
      },
      expect.objectContaining({ id: 'a.md#1', text: 'two' }),
      { id: 'text#0', document: 'text', text: 'three', place: { start: 0 } },
    ]);
    expect(run.outputs['texts']).toEqual(['one', 'two', 'three']);
  });

  it('refuses missing inputs, a value that is not a document, and an overlap as long as a passage', async () => {
    await expect(runNode(split, { resources })).rejects.toMatchObject({ code: 'input_missing' });
    await expect(runNode(split, { inputs: { documents: [{ text: 'x' }] }, resources })).rejects.toMatchObject({
      code: 'input_type',
      message: expect.stringContaining('0.id'),
    });
    await expect(
      runNode(split, { config: { maxTokens: 20, overlapTokens: 20 }, inputs: { text: 'x' }, resources }),
    ).rejects.toMatchObject({ code: 'workflow_invalid' });
  });
});
