import { afterEach, describe, expect, it } from '@jest/globals';
import type { Connection, GenerateRequest, Message } from '@heddle/core';
import { collectEvents, textOf } from '@heddle/core/testing';
import { canary, connectionTo, openHub } from '../__fixtures__/open-hub.js';
import { startProviderDouble, type ProviderDouble } from '../__fixtures__/provider-double.js';
import { createCacheMarks } from './prompt-cache.js';

const patient = { connectMs: 30_000, idleMs: 30_000, totalMs: 60_000 };
const mark = { type: 'ephemeral' };
const tools: GenerateRequest['tools'] = ['search', 'weather'].map((name) => ({
  name,
  description: name,
  parameters: { type: 'object', properties: {} },
}));
const question: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Weather?' },
];
const loop: readonly Message[] = [
  ...question,
  { role: 'assistant', content: '', toolCalls: [{ id: 'toolu_1', name: 'weather', arguments: {} }] },
  { role: 'tool', toolCallId: 'toolu_1', content: 'Rain' },
];

/** The part of a request that the tests read. */
interface Block {
  readonly cache_control?: unknown;
}
interface Body {
  readonly system: readonly Block[];
  readonly tools: readonly Block[];
  readonly messages: readonly { readonly content: readonly Block[] }[];
}

describe('the prompt cache of Anthropic', () => {
  let double: ProviderDouble;
  const start = async (change: Partial<Connection> = {}) => {
    double = await startProviderDouble('anthropic', canary);
    const hub = openHub(connectionTo(double.address, 'anthropic', { attempts: 1, timeouts: patient, ...change }));
    return hub.languageModel('double/double');
  };
  afterEach(() => double.close());
  const sent = async (model: Awaited<ReturnType<typeof start>>, request: GenerateRequest) => {
    await collectEvents(model, request);
    return double.seen.at(-1)?.body as Body;
  };
  const marksIn = (body: unknown): number => JSON.stringify(body).split('cache_control').length - 1;

  it('marks nothing in a prompt that is sent once, and its system message when it is sent again', async () => {
    const model = await start();
    expect(marksIn(await sent(model, { messages: question }))).toBe(0);
    const body = await sent(model, { messages: [question[0]!, { role: 'user', content: 'Another' }] });
    expect(body.system).toEqual([{ type: 'text', text: 'Be brief.', cache_control: mark }]);
    expect(marksIn(body)).toBe(1);
  });

  it('marks tools, system, the last message, and the message at which the previous request ended', async () => {
    const body = await sent(await start(), { messages: loop, tools });
    expect(body.tools.map((tool) => tool.cache_control)).toEqual([undefined, mark]);
    expect(body.system[0]?.cache_control).toEqual(mark);
    expect(body.messages[0]?.content.at(-1)).toMatchObject({ text: 'Weather?', cache_control: mark });
    expect(body.messages.at(-1)?.content.at(-1)).toMatchObject({ type: 'tool_result', cache_control: mark });
    // The provider refuses a fifth one.
    expect(marksIn(body)).toBe(4);
  });

  it('marks at most four blocks of a long conversation', async () => {
    const long = Array.from({ length: 10 }, () => [
      { role: 'user' as const, content: 'Hi' },
      { role: 'assistant' as const, content: 'Hello' },
    ]).flat();
    const messages = [question[0]!, ...long, { role: 'user' as const, content: 'Hi' }];
    expect(marksIn(await sent(await start(), { messages, tools }))).toBe(4);
  });

  it.each([
    ['off', 0],
    ['always', 2],
  ] as const)('%s marks %i blocks of a first request', async (promptCache, marks) => {
    expect(marksIn(await sent(await start({ promptCache }), { messages: question }))).toBe(marks);
  });

  it('is left out for a server that refuses its marks', async () => {
    const model = await start();
    double.script = ({ body }) => {
      if (marksIn(body) === 0) return undefined;
      const error = {
        type: 'invalid_request_error',
        message: 'system.0.cache_control: Extra inputs are not permitted',
      };
      const bytes = Buffer.from(JSON.stringify({ type: 'error', error }));
      return { status: 400, type: 'application/json', bytes };
    };
    expect(textOf(await collectEvents(model, { messages: question, tools }))).toContain('Hello');
    expect(double.requests()).toBe(2);
    await collectEvents(model, { messages: question, tools });
    expect(double.requests()).toBe(3);
  });

  it('charges a write a quarter more and a read a tenth when the price names neither', async () => {
    const prices = [{ model: 'double', inputPerMillion: 4, outputPerMillion: 20, currency: 'USD', asOf: '2026-11-01' }];
    const model = await start({ prices });
    double.script = () => ({
      text: ['Hi'],
      finish: 'stop',
      inputTokens: 10_000,
      outputTokens: 100,
      cachedTokens: 6_000,
      cacheWriteTokens: 3_000,
    });
    const end = (await collectEvents(model, { messages: question })).at(-1);
    const usage = end?.type === 'end' ? end.usage : undefined;
    expect(usage).toMatchObject({ inputTokens: 10_000, cachedTokens: 6_000, cacheWriteTokens: 3_000 });
    expect(usage?.cost).toBeCloseTo((1_000 * 4 + 6_000 * 0.4 + 3_000 * 5 + 100 * 20) / 1e6, 12);
    expect(usage?.cacheSaved).toBeCloseTo((6_000 * 3.6 - 3_000 * 1) / 1e6, 12);
    // A budget reserves at the highest price.
    expect(model.info.price).toMatchObject({ cachedPerMillion: 0.4, cacheWritePerMillion: 5 });
  });

  it('forgets a prefix after five minutes, as the provider does', async () => {
    double = await startProviderDouble('anthropic', canary);
    let now = 0;
    const marksOf = createCacheMarks('auto', { now: () => now });
    const marked = (at: number): boolean => {
      now = at;
      return marksOf({ model: 'm', messages: question }).prefix;
    };
    expect([marked(0), marked(299_000), marked(700_000), marked(700_001)]).toEqual([false, true, false, true]);
  });
});
