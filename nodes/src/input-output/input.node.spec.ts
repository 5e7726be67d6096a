import { describe, expect, it } from '@jest/globals';
import { describePorts } from '@heddle/core';
import { runNode } from '@heddle/core/testing';
import { input } from './input.node.js';

const run = (fields: unknown[], inputs: Record<string, unknown>) => runNode(input, { config: { fields }, inputs });
const text = { name: 'question', type: 'text' };

describe('input', () => {
  it('returns the inputs of the run by field, with types in any case', async () => {
    const { outputs } = await run([text, { name: 'count', type: 'NUMBER' }, { name: 'tags', type: 'text[]' }], {
      question: 'Why?',
      count: 3,
      tags: ['a'],
      more: 1,
    });
    expect(outputs).toEqual({ question: 'Why?', count: 3, tags: ['a'] });
  });

  it('uses the default, and leaves out an absent optional field', async () => {
    expect(
      (
        await run(
          [
            { ...text, default: 'Hello' },
            { name: 'note', required: false },
          ],
          { question: null },
        )
      ).outputs,
    ).toEqual({ question: 'Hello' });
  });

  it('refuses missing, empty, too long, wrongly typed and unlisted values with a matching code', async () => {
    await expect(run([text], {})).rejects.toMatchObject({ code: 'input_missing', details: { input: 'question' } });
    await expect(run([text], { question: ' \n' })).rejects.toMatchObject({ code: 'input_empty' });
    await expect(run([text], { question: 'x'.repeat(5_000_000) })).rejects.toMatchObject({
      code: 'input_too_large',
      details: { length: 5_000_000, limit: 100_000 },
    });
    await expect(run([text], { question: 7 })).rejects.toMatchObject({
      code: 'input_type',
      message: "The input 'question' must be a text, not a number.",
    });
    await expect(run([{ ...text, options: ['a', 'b'] }], { question: 'c' })).rejects.toMatchObject({
      code: 'input_type',
      message: expect.stringContaining('a, b'),
    });
  });

  it('reads only properties that the caller gave', async () => {
    await expect(run([{ name: 'toString' }], {})).rejects.toMatchObject({ code: 'input_missing' });
  });

  it('returns very deeply nested JSON', async () => {
    let deep: unknown = 'x';
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    expect((await run([{ name: 'data', type: 'Json' }], { data: deep })).outputs['data']).toBe(deep);
  });

  it('raises its label to the strictest label of the given fields', async () => {
    const fields = [
      { name: 'a', label: 'public' },
      { name: 'b', label: 'restricted', required: false },
    ];
    expect((await run(fields, { a: 'x' })).label.level).toBe('public');
    expect((await run(fields, { a: 'x', b: 'y' })).label.level).toBe('restricted');
    expect((await run([text], { question: 'x' })).label.level).toBe('internal');
  });

  it('makes a port of each field, optional if the field is optional', () => {
    const ports = input.ports?.(
      input.config.parse({
        fields: [
          text,
          { name: 'note', type: 'Text', required: false, title: 'Note' },
          { name: 'size', type: 'Number', default: 3 },
        ],
      }),
    );
    expect(
      Object.entries(ports?.outputs ?? {}).map(([name, { type, isOptional, title, default: value }]) => [
        name,
        type,
        isOptional,
        title,
        value,
      ]),
    ).toEqual([
      ['question', 'Text', false, undefined, undefined],
      ['note', 'Text', true, 'Note', undefined],
      ['size', 'Number', true, undefined, 3],
    ]);
    expect(describePorts(ports?.outputs ?? {})[0]?.schema).toEqual({ type: 'string', maxLength: 100_000 });
  });

  it('refuses repeated, forbidden and unusable names, unknown types and defaults that do not fit', async () => {
    for (const fields of [
      [text, text],
      [{ name: '__proto__' }],
      [{ name: 'error' }],
      [{ name: 'two words' }],
      [{ name: 'a', type: 'Nope' }],
      [{ name: 'a', type: 'Number', default: 'x' }],
      [],
    ]) {
      await expect(run(fields, {})).rejects.toMatchObject({ code: 'workflow_invalid' });
    }
  });
});
