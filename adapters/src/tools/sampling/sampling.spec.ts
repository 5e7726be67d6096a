import { describe, expect, it } from '@jest/globals';
import { HeddleError, ToolSampling, type SampleReply, type SampleRequest } from '@heddle/core';
import { samplerOf } from './sampler-of.js';
import { SamplingQueue, type ModelQuestion, type Sampler } from './sampling-queue.js';

const asked: ModelQuestion = {
  messages: [{ role: 'user', content: { type: 'text', text: 'How many?' } }],
  maxTokens: 4_000,
};
const never = new AbortController().signal;
const answered: SampleReply = { text: 'Two.', finishReason: 'length' };

function bench(reply: (request: SampleRequest) => Promise<SampleReply> = () => Promise.resolve(answered)) {
  const seen: SampleRequest[] = [];
  const sampling = ToolSampling.parse({ model: 'house/one', maxTokens: 100, maxCalls: 2 });
  const sample = (request: SampleRequest): Promise<SampleReply> => {
    seen.push(request);
    return reply(request);
  };
  const sampler = samplerOf({ sampling, label: 'confidential' }, sample, never);
  if (sampler === undefined) throw new Error('The server may ask.');
  return { sampler, seen };
}

describe('a tool server that asks for a model', () => {
  it('gets an answer of the model in its settings, within their limits', async () => {
    const { sampler, seen } = bench();
    const more = {
      systemPrompt: 'Be brief.',
      temperature: 0.2,
      stopSequences: ['!'],
      modelPreferences: { hints: [{ name: 'other' }] },
    };
    expect(await sampler({ ...asked, ...more }, never)).toEqual({
      model: 'house/one',
      role: 'assistant',
      content: { type: 'text', text: 'Two.' },
      stopReason: 'maxTokens',
    });
    expect(seen).toMatchObject([
      {
        model: 'house/one',
        level: 'confidential',
        request: {
          messages: [
            { role: 'system', content: 'Be brief.' },
            { role: 'user', content: 'How many?' },
          ],
          maxTokens: 100,
          temperature: 0.2,
          stop: ['!'],
        },
      },
    ]);
    await sampler({ ...asked, maxTokens: 7 }, never);
    expect(seen[1]?.request.maxTokens).toBe(7);
    await expect(sampler(asked, never)).rejects.toMatchObject({
      code: -1,
      message: expect.stringMatching(/too often/),
    });
    expect(seen).toHaveLength(2);
  });

  it('is refused without settings', () => {
    expect(
      samplerOf({ sampling: undefined, label: 'internal' }, () => Promise.resolve(answered), never),
    ).toBeUndefined();
  });

  it('gets only the refusal, and no details of the installation', async () => {
    const { sampler } = bench(() => Promise.reject(new HeddleError('label_refused', "'clerk' holds restricted data")));
    await expect(sampler(asked, never)).rejects.toMatchObject({
      code: -1,
      message: 'The request for a model is refused: label_refused.',
    });
  });

  it.each<[string, Partial<ModelQuestion>]>([
    ['no messages', { messages: [] }],
    ['a picture', { messages: [{ role: 'user', content: { type: 'image', data: 'AA==', mimeType: 'image/png' } }] }],
    ['tools of its own', { tools: [{ name: 'send', inputSchema: { type: 'object' } }] }],
  ])('is refused %s', async (_what, wrong) => {
    const { sampler, seen } = bench();
    await expect(sampler({ ...asked, ...wrong }, never)).rejects.toMatchObject({ code: -1 });
    expect(seen).toEqual([]);
  });
});

describe('calls of a server that may ask', () => {
  const named =
    (name: string): Sampler =>
    () =>
      Promise.resolve({ model: name, role: 'assistant', content: { type: 'text', text: name } });
  const later = (): { readonly done: Promise<void>; readonly finish: () => void } => {
    let finish = (): void => undefined;
    const done = new Promise<void>((resolve) => (finish = resolve));
    return { done, finish };
  };

  it('run one after another, so that a sampling request belongs to one call', async () => {
    const queue = new SamplingQueue();
    const first = later();
    const order: string[] = [];
    const model = async (): Promise<string> => (await queue.ask(asked, never)).model;
    const one = queue.serve(named('one'), never, async () => {
      await first.done;
      order.push(await model());
    });
    const two = queue.serve(named('two'), never, async () => void order.push(await model()));
    await Promise.resolve();
    expect(order).toEqual([]);
    first.finish();
    await Promise.all([one, two]);
    expect(order).toEqual(['one', 'two']);
    await expect(queue.ask(asked, never)).rejects.toMatchObject({ code: -1 });
  });

  it('leave the queue when they are cancelled, and later calls still wait for earlier ones', async () => {
    const queue = new SamplingQueue();
    const first = later();
    const order: string[] = [];
    const cancel = new AbortController();
    const one = queue.serve(named('one'), never, async () => {
      await first.done;
      order.push('one');
    });
    const two = queue.serve(named('two'), cancel.signal, () => Promise.resolve(order.push('two')));
    const three = queue.serve(named('three'), never, () => Promise.resolve(order.push('three')));
    cancel.abort(new Error('enough'));
    await expect(two).rejects.toThrow('enough');
    expect(order).toEqual([]);
    first.finish();
    await Promise.all([one, three]);
    expect(order).toEqual(['one', 'three']);
  });

  it('abort the sampling request of a call that has ended', async () => {
    const queue = new SamplingQueue();
    const seen: AbortSignal[] = [];
    const sampler: Sampler = (_params, signal) => {
      seen.push(signal);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('ended')), { once: true });
      });
    };
    let asking: Promise<unknown> = Promise.resolve();
    const call = queue.serve(sampler, never, () => {
      asking = queue.ask(asked, never);
      return Promise.reject(new Error('too late'));
    });
    await expect(call).rejects.toThrow('too late');
    await expect(asking).rejects.toThrow('ended');
    expect(seen[0]?.aborted).toBe(true);
  });

  it('continue after a call that failed', async () => {
    const queue = new SamplingQueue();
    await expect(queue.serve(named('one'), never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await queue.serve(named('two'), never, () => queue.ask(asked, never))).toMatchObject({ model: 'two' });
  });
});
