import { describe, expect, it } from '@jest/globals';
import { HeddleError, type LanguageModel } from '@heddle/core';
import { createFakeContext, createFakeLanguageModel, runNode } from '@heddle/core/testing';
import { generate } from '../model/generate.node.js';
import { passages, run } from '../testing/run-generate.js';

describe('replies of a model to generate', () => {
  it('returns JSON that fits the schema, and cites the passages that support its values', async () => {
    const schema = {
      type: 'object',
      properties: { days: { type: 'number' }, what: { type: 'string' } },
      required: ['days'],
    };
    const { outputs, request, citations } = await run(
      ['{ "days": 27, "what": "paid leave" }'],
      { prompt: 'x', passages },
      { schema },
    );
    expect(outputs['json']).toEqual({ days: 27, what: 'paid leave' });
    expect(request?.schema).toEqual(schema);
    expect(citations.map(({ passage }) => passage)).toEqual(['leave#0']);
    expect((await run(['```json\n{ "days": 1 }\n```'], { prompt: 'x' }, { schema })).outputs['json']).toEqual({
      days: 1,
    });
  });

  it('distinguishes invalid JSON, a wrong shape and a cut-off answer', async () => {
    const schema = { type: 'object', properties: { days: { type: 'number' } }, required: ['days'] };
    await expect(run(['nothing'], { prompt: 'x' }, { schema })).rejects.toMatchObject({
      code: 'json_invalid',
      retryable: true,
    });
    await expect(run(['{ "days": "many" }'], { prompt: 'x' }, { schema })).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringContaining('days'),
    });
    await expect(run(['{ "days": 1, "b": 2 }'], { prompt: 'x' }, { schema, maxTokens: 2 })).rejects.toMatchObject({
      code: 'json_invalid',
      retryable: false,
      message: expect.stringContaining('cut off'),
    });
    await expect(run(['{}'], { prompt: 'x' }, { schema }, { supports: { schema: false } })).rejects.toMatchObject({
      code: 'schema_unsupported',
    });
    await expect(run(['{}'], { prompt: 'x' }, { schema: { type: 'no such type' } })).rejects.toMatchObject({
      code: 'workflow_invalid',
      message: expect.stringContaining('schema'),
    });
  });

  it('keeps a cut-off answer with a warning', async () => {
    const { text, log, outputs } = await run(['one two three four'], { prompt: 'x' }, { maxTokens: 2 });
    expect(text).toBe('one two');
    expect(log[0]).toMatchObject({ level: 'warn', message: expect.stringContaining('2 tokens') });
    expect(outputs['usage']).toMatchObject({ finishReason: 'length' });
  });

  it('does not accept a stream that ends early as an answer', async () => {
    await expect(run([{ text: 'half', finishReason: 'incomplete' }], { prompt: 'x' })).rejects.toMatchObject({
      code: 'stream_incomplete',
      retryable: true,
    });
    const silent: LanguageModel = {
      ...createFakeLanguageModel(['x']),
      generate: async function* () {
        yield { type: 'text', text: 'half' };
      },
    };
    await expect(
      runNode(generate, { inputs: { prompt: 'x' }, resources: { languageModel: silent } }),
    ).rejects.toMatchObject({ code: 'stream_incomplete' });
  });

  it('passes errors of the model on, and reports waiting for a slot', async () => {
    await expect(
      run([{ text: 'a', error: new HeddleError('model_host_lost', 'gone') }], { prompt: 'x' }),
    ).rejects.toMatchObject({ code: 'model_host_lost' });
    const { waits } = await run([{ text: 'a', waiting: [2, 1] }], { prompt: 'x' });
    expect(waits).toEqual([{ limit: 'model:fake', position: 2 }, { limit: 'model:fake', position: 1 }, undefined]);
  });

  it('closes the model stream when the consumer stops', async () => {
    let closed = false;
    const endless: LanguageModel = {
      ...createFakeLanguageModel(['x']),
      generate: async function* () {
        try {
          for (;;) yield { type: 'text', text: 'again ' };
        } finally {
          closed = true;
        }
      },
    };
    const { context } = createFakeContext({ resources: { languageModel: endless } });
    const stream = generate.run({
      config: generate.config.parse({}),
      inputs: { prompt: 'x' },
      context,
    }) as AsyncGenerator;
    await stream.next();
    await stream.return(undefined);
    expect(closed).toBe(true);
  });
});
