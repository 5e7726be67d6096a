import { describe, expect, it } from '@jest/globals';
import { runNode } from '@heddle/core/testing';
import { set } from './set.node.js';

describe('set', () => {
  const give = async (config: Record<string, unknown>, inputs: Record<string, unknown>) =>
    (await runNode(set, { config, inputs })).outputs['value'];

  it('builds JSON, keeps types, and leaves out missing optional keys', async () => {
    expect(
      await give(
        { value: { n: '{{ n }}', list: ['{{ a.b }}'], note: '{{ gone? }}', text: 'n={{ n }}' } },
        { n: 3, a: { b: true } },
      ),
    ).toEqual({ n: 3, list: [true], text: 'n=3' });
  });

  it.each([
    ['Number', '3.5', 3.5],
    ['Text', { a: 1 }, '{"a":1}'],
    ['Boolean', 'true', true],
    ['Text[]', 'one', ['one']],
    ['Number[]', ['1', 2], [1, 2]],
    ['Messages', 'hi', [{ role: 'user', content: 'hi' }]],
    ['Messages[]', [{ role: 'user', content: 'hi' }], [[{ role: 'user', content: 'hi' }]]],
  ])('converts a value to %s', async (type, value, expected) => {
    expect(await give({ type }, { value })).toEqual(expected);
  });

  it('refuses a value that cannot be converted', async () => {
    for (const [type, value] of [
      ['Number', 'many'],
      ['Boolean', 'perhaps'],
      ['Passages', 'x'],
    ])
      await expect(give({ type }, { value })).rejects.toMatchObject({ code: 'schema_mismatch' });
  });
});
