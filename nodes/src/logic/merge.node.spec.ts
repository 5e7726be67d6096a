import { describe, expect, it } from '@jest/globals';
import { type Passage } from '@heddle/core';
import { runNode } from '@heddle/core/testing';
import { merge } from './merge.node.js';

describe('merge', () => {
  const give = async (config: Record<string, unknown>, values: unknown[]) =>
    (await runNode(merge, { config, inputs: { values } })).outputs;

  it('makes a list, which it flattens if configured', async () => {
    expect(await give({}, [1, [2, 3]])).toEqual({ value: [1, [2, 3]] });
    expect(await give({ flatten: true }, [1, [2, 3]])).toEqual({ value: [1, 2, 3] });
  });

  it('returns the first value that is not null, or no output', async () => {
    expect(await give({ mode: 'first' }, [null, 'b', 'c'])).toEqual({ value: 'b' });
    expect(await give({ mode: 'first' }, [null])).toEqual({});
  });

  it('joins texts and lists of texts', async () => {
    expect(await give({ mode: 'text', separator: '|' }, ['a', ['b', 'c'], 4])).toEqual({ text: 'a|b|c|4' });
  });

  it('merges objects, with the last value of each key, and refuses a value without keys', async () => {
    expect(await give({ mode: 'object' }, [{ a: 1, b: 1 }, { b: 2 }])).toEqual({ value: { a: 1, b: 2 } });
    await expect(give({ mode: 'object' }, [{}, 'x'])).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringContaining('Value 2'),
    });
  });

  it('fuses search results: passages with a high rank in several lists come first, without duplicates', async () => {
    const passage = (id: string): Passage => ({ id, document: id, text: id, score: 1 });
    const { passages } = await give({ mode: 'passages', topK: 3 }, [
      ['a', 'b', 'c'].map(passage),
      ['b', 'd', 'a'].map(passage),
    ]);
    expect((passages as Passage[]).map(({ id }) => id)).toEqual(['b', 'a', 'd']);
    await expect(give({ mode: 'passages' }, ['text'])).rejects.toMatchObject({ code: 'schema_mismatch' });
  });
});
