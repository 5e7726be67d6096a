import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { labelOf } from '../labels/label.js';
import { defineNode } from '../node/node-definition.js';
import { Json, list, many, NumberPort, stream, Text } from '../types/port.js';
import { checkNode } from './check-node.js';
import { runNode } from './run-node.js';

const base = {
  version: 1,
  category: 'other',
  summary: 'For tests.',
  help: 'For tests.',
  icon: 'box',
  role: 'step',
  effects: [],
} as const;

const upper = defineNode({
  ...base,
  type: 'upper',
  title: 'Upper case',
  config: z.object({ suffix: z.string().default('!').meta({ title: 'Suffix' }) }),
  inputs: { text: Text },
  outputs: { text: Text },
  example: { config: {}, inputs: { text: 'a' }, outputs: { text: 'A!' } },
  run: ({ config, inputs }) => ({ text: inputs.text.toUpperCase() + config.suffix }),
});

describe('runNode', () => {
  it('parses the config with its defaults and gives the outputs', async () => {
    expect((await runNode(upper, { inputs: { text: 'abc' } })).outputs).toEqual({ text: 'ABC!' });
    expect((await runNode(upper, { config: { suffix: '?' }, inputs: { text: 'abc' } })).outputs).toEqual({
      text: 'ABC?',
    });
  });

  it('refuses a config, an input or an output that does not fit', async () => {
    await expect(runNode(upper, { config: { suffix: 1 }, inputs: { text: 'a' } })).rejects.toMatchObject({
      code: 'workflow_invalid',
    });
    await expect(runNode(upper)).rejects.toMatchObject({ code: 'input_missing' });
    await expect(runNode(upper, { inputs: { text: 5 } })).rejects.toMatchObject({ code: 'input_type' });
    await expect(runNode(upper, { inputs: { text: 'a', more: 1 } })).rejects.toMatchObject({ code: 'input_unknown' });
    const wrong = defineNode({
      ...base,
      type: 'wrong',
      title: 'Wrong',
      config: z.object({}),
      inputs: {},
      outputs: { n: NumberPort },
      run: () => ({ n: 1, other: 2 }),
    });
    await expect(runNode(wrong)).rejects.toMatchObject({ code: 'node_output_invalid' });
  });

  it('collects deltas, and refuses a value that is not their concatenation', async () => {
    const writer = (value: string) =>
      defineNode({
        ...base,
        type: 'writer',
        title: 'Writer',
        config: z.object({}),
        inputs: { parts: stream(Text) },
        outputs: { text: Text },
        async *run({ inputs }) {
          for await (const delta of inputs.parts) yield { delta };
          return { text: value };
        },
      });
    const run = await runNode(writer('ab'), { inputs: { parts: ['a', 'b'] } });
    expect(run.deltas).toEqual([{ delta: 'a' }, { delta: 'b' }]);
    await expect(runNode(writer('x'), { inputs: { parts: ['a', 'b'] } })).rejects.toMatchObject({
      code: 'node_output_invalid',
    });
  });

  it('gives a context that journals steps, answers human input requests, runs workflows, sleeps and keeps the log', async () => {
    const busy = defineNode({
      ...base,
      type: 'busy',
      title: 'Busy',
      config: z.object({}),
      inputs: { values: many(Json) },
      outputs: { seen: list(Text), nested: Json },
      async run({ inputs, context }) {
        const step = await context.step(
          'once',
          async ({ idempotencyKey }) => `${idempotencyKey} ${inputs.values.length}`,
        );
        const answer = await context.requestInput('ok', { title: 'Go on?', schema: {} });
        const expired = await context.requestInput('late', { title: 'And now?', schema: {} });
        await context.sleep(context.now() + 5_000);
        context.raise(labelOf('confidential'));
        context.log.warn('careful');
        context.report({ inputTokens: 1, outputTokens: 2 });
        const nested = await context.run('sub', '#sub', { a: 1 });
        return { seen: [step, answer.type, expired.type, (await context.secret('key')).name], nested: nested.outputs };
      },
    });
    const options = {
      inputs: { values: [1, 2] },
      secrets: ['key'],
      answers: { ok: { type: 'answered', value: true } as const },
      nested: () => ({ b: 2 }),
      now: 1000,
    };
    const run = await runNode(busy, options);
    expect(run.outputs).toEqual({ seen: ['key-of-once 2', 'answered', 'expired', 'key'], nested: { b: 2 } });
    expect(run).toMatchObject({
      sleeps: [6000],
      now: 6000,
      label: { level: 'confidential' },
      log: [{ level: 'warn', message: 'careful' }],
      nested: [{ key: 'sub', workflow: '#sub', inputs: { a: 1 } }],
    });
    const again = await runNode(busy, { ...options, steps: new Map([['once', 'from the journal']]) });
    expect(again.outputs['seen']).toEqual(['from the journal', 'answered', 'expired', 'key']);
  });

  it('refuses a resource or secret that the test does not give, and a repeated step key', async () => {
    const asking = defineNode({
      ...base,
      type: 'asking',
      title: 'Asking',
      config: z.object({ what: z.string() }),
      inputs: {},
      outputs: {},
      run: async ({ config, context }) => {
        if (config.what === 'fetch') await context.use('fetch');
        if (config.what === 'secret') await context.secret('toString');
        if (config.what === 'twice') for (const _ of [1, 2]) await context.step('same', async () => 1);
        return {};
      },
    });
    await expect(runNode(asking, { config: { what: 'fetch' } })).rejects.toMatchObject({
      code: 'resource_unavailable',
    });
    await expect(runNode(asking, { config: { what: 'secret' } })).rejects.toMatchObject({ code: 'secret_not_found' });
    await expect(runNode(asking, { config: { what: 'twice' } })).rejects.toMatchObject({ code: 'duplicate_key' });
  });
});

describe('checkNode', () => {
  it('reports no problem of a sound node', async () => {
    expect(await checkNode(upper)).toEqual([]);
  });

  it('reports missing titles and defaults, bad names, and an example with other outputs', async () => {
    const problems = await checkNode(
      defineNode({
        ...base,
        type: 'Bad Type',
        version: 0,
        title: '',
        headline: 'none',
        config: z.object({
          a: z.string(),
          b: z
            .object({ c: z.number().default(1) })
            .default({ c: 1 })
            .meta({ title: 'B' }),
        }),
        inputs: {},
        outputs: { error: Text, 'two words': Text.with({ sameAs: 'gone' }) },
        example: { config: { a: 'x' }, outputs: { text: 'y' } },
        run: () => ({}),
      }),
    );
    const locations = problems.map(({ path }) => path);
    for (const path of [
      'type',
      'version',
      'title',
      'headline',
      'config',
      'config.a',
      'config.b.c',
      'outputs.error',
      'outputs.two words',
      'example',
    ])
      expect(locations).toContain(path);
  });
});
