import { describe, expect, it } from '@jest/globals';
import { Connection } from '@heddle/core';
import fc from 'fast-check';
import { estimatePieces, estimateTokens } from './estimate-tokens.js';
import { findPrice, priceUsage } from './price-call.js';
import { supportAt } from './own-address.js';
import { providerError } from './provider-error.js';
import { redactKeys } from './redact-key.js';
import { backoffMs, retryAfterMs } from './retry-delay.js';
import { anthropicDialect, googleDialect, openAiDialect, toDialect } from './schema-dialect.js';
import { createStopFilter } from './stop-filter.js';
import { checkAnswer } from './structured-answer.js';

describe('retryAfterMs', () => {
  const read = (name: string, value: string): number | undefined =>
    retryAfterMs(new Headers({ [name]: value }), Date.parse('2026-01-01T00:00:00Z'));
  it('reads seconds, milliseconds and dates, and nothing else', () => {
    expect(read('retry-after', '2')).toBe(2000);
    expect(read('retry-after', '0.5')).toBe(500);
    expect(read('retry-after-ms', '250')).toBe(250);
    expect(read('retry-after', 'Thu, 01 Jan 2026 00:00:07 GMT')).toBe(7000);
    expect(read('retry-after', 'Wed, 31 Dec 2025 00:00:00 GMT')).toBe(0);
    for (const bad of ['soon', '-1', '1e9x']) expect(read('retry-after', bad)).toBeUndefined();
  });
});

describe('backoffMs', () => {
  it('doubles with jitter up to a bound', () => {
    expect([1, 2, 3].map((attempt) => backoffMs(attempt, () => 0))).toEqual([250, 500, 1000]);
    expect(backoffMs(1, () => 0.999)).toBeGreaterThan(499);
    expect(backoffMs(40, () => 1)).toBeLessThanOrEqual(30_000);
  });
});

describe('redactKeys', () => {
  const key = 'proj/AbC+123==defGHI456';
  it('leaves no key in any form in which a message contains it', () => {
    const forms = [key, encodeURIComponent(key), Buffer.from(key).toString('base64'), JSON.stringify({ k: key })];
    for (const form of forms) expect(redactKeys(`said ${form} here`, [key])).not.toContain(form.slice(1, -1));
    expect(redactKeys(`cut ${key.slice(0, 15)}`, [key])).toBe('cut [key]');
    expect(redactKeys('Bearer abcdefghijkl and sk-other-0123456789', [])).toBe('[key] and [key]');
    expect(redactKeys('Incorrect API key provided', [key])).toBe('Incorrect API key provided');
  });
  it('leaves no key, for any key and any text around it', () => {
    const keys = fc.string({ minLength: 8, maxLength: 60, unit: 'grapheme-ascii' }).filter((text) => !/\s/.test(text));
    fc.assert(
      fc.property(keys, fc.string(), fc.string(), (any, before, after) => {
        expect(redactKeys(`${before}${any}${after}`, [any])).not.toContain(any);
      }),
    );
  });
});

describe('providerError', () => {
  const of = (status: number | undefined, message: string, reason?: string) =>
    providerError({ connection: 'c', status, message, reason, keys: [] });
  it('maps each reply to the code that names the remedy', () => {
    expect(of(401, 'x').code).toBe('provider_unauthorized');
    expect(of(400, 'API key not valid. Please pass a valid API key.').code).toBe('provider_unauthorized');
    expect(of(400, 'Authentication Error, Invalid proxy server token passed').code).toBe('provider_unauthorized');
    expect(of(429, 'You exceeded your current quota', 'insufficient_quota')).toMatchObject({
      code: 'provider_rate_limited',
      retryable: false,
    });
    expect(of(429, 'slow down')).toMatchObject({ code: 'provider_rate_limited', retryable: true });
    expect(of(529, 'Overloaded').code).toBe('provider_failed');
    expect(of(404, 'model not found').code).toBe('provider_refused');
    expect(of(504, '').code).toBe('provider_timeout');
    // A gateway repeats the status of the server behind it: it is not a number of tokens.
    expect(
      of(400, 'Error code: 400 - request (3021 tokens) exceeds the available context size (2048 tokens)').details,
    ).toMatchObject({ inputTokens: 3021, contextTokens: 2048 });
    expect(of(400, 'This model has a maximum context length of 4096 tokens; you asked for 5000.')).toMatchObject({
      code: 'context_too_long',
      details: { inputTokens: 5000, contextTokens: 4096 },
    });
    expect(of(500, 'the request exceeds the available context size', 'exceed_context_size_error').code).toBe(
      'context_too_long',
    );
  });
  it('contains no markup and no endless message', () => {
    const { message } = of(502, `<html><style>p{}</style><body><h1>Bad</h1>${'x'.repeat(10_000)}</body></html>`);
    expect(message).not.toMatch(/<|p\{\}/);
    expect(message.length).toBeLessThan(600);
  });
});

describe('estimateTokens', () => {
  it('covers every text without gap or overlap, in order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        let at = 0;
        for (const [start, end] of estimatePieces(text)) {
          expect(start).toBe(at);
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(at).toBe(text.length);
      }),
    );
  });
  it('estimates slightly more than tokenizers count for prose, and counts other scripts by character', () => {
    const prose = 'The quick brown fox jumps over the lazy dog, and the dog does not mind at all.';
    expect(estimateTokens(prose)).toBeGreaterThanOrEqual(18);
    expect(estimateTokens(prose)).toBeLessThan(36);
    expect(estimateTokens('世界')).toBe(2);
    expect(estimateTokens('🌍')).toBe(2);
  });
});

describe('prices', () => {
  const price = (model: string, inputPerMillion: number) => ({
    model,
    inputPerMillion,
    outputPerMillion: 10,
    currency: 'USD',
    asOf: '2026-11-01',
  });
  it('prefer the exact entry, then the longest prefix', () => {
    const prices = [price('gpt-*', 1), price('gpt-5-mini*', 2), price('gpt-5', 3)];
    expect(findPrice(prices, 'gpt-5')?.inputPerMillion).toBe(3);
    expect(findPrice(prices, 'gpt-5-mini-2026')?.inputPerMillion).toBe(2);
    expect(findPrice(prices, 'gpt-4')?.inputPerMillion).toBe(1);
    expect(findPrice(prices, 'claude')).toBeUndefined();
  });
  it('charge cached tokens at their own price, and give no cost without a known price', () => {
    const usage = { inputTokens: 1_000_000, outputTokens: 100_000, cachedTokens: 400_000 };
    expect(priceUsage(usage, { ...price('m', 2), cachedPerMillion: 0.5 })).toMatchObject({
      cost: 0.6 * 2 + 0.4 * 0.5 + 1,
      currency: 'USD',
    });
    expect(priceUsage(usage, undefined)).not.toHaveProperty('cost');
  });
});

describe('supportAt', () => {
  it('is sure of a schema only at the address of the vendor', () => {
    const at = (baseUrl?: string) =>
      supportAt(Connection.parse({ id: 'c', kind: 'anthropic', ...(baseUrl === undefined ? {} : { baseUrl }) }), [
        'anthropic.com',
      ]);
    expect([at(), at('https://api.anthropic.com/v1')]).toEqual(['sure', 'sure']);
    expect([at('http://127.0.0.1:8080'), at('https://anthropic.com.evil.example')]).toEqual(['likely', 'likely']);
  });
});

describe('createStopFilter', () => {
  it('returns the same text however it is cut into pieces', () => {
    const stops = ['END', 'NDX', '\n\n'];
    fc.assert(
      fc.property(fc.stringMatching(/^[ENDX\nab]{0,20}$/), fc.array(fc.nat(4), { maxLength: 12 }), (text, sizes) => {
        const expected = Math.min(text.length, ...stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0));
        const filter = createStopFilter(stops);
        let given = '';
        let at = 0;
        for (const size of [...sizes, text.length]) {
          given += filter.push(text.slice(at, at + size));
          at += size;
        }
        if (!filter.isStopped) given += filter.rest();
        // Two stops may overlap: the first complete one ends the text.
        expect(text.startsWith(given)).toBe(true);
        expect(given.length).toBeGreaterThanOrEqual(expected);
        expect(stops.some((stop) => given.includes(stop))).toBe(false);
        expect(filter.isStopped).toBe(expected < text.length);
      }),
    );
  });
});

describe('toDialect', () => {
  const all = {
    type: 'object',
    properties: { a: { type: 'string', maxLength: 3 }, b: { const: 1 } },
    required: ['a', 'b'],
  };
  it('translates a schema to the dialect of each provider', () => {
    expect(toDialect(all, openAiDialect)).toEqual({
      type: 'object',
      properties: { a: { type: 'string' }, b: { const: 1 } },
      required: ['a', 'b'],
      additionalProperties: false,
    });
    expect(toDialect(all, googleDialect)).toMatchObject({ properties: { b: { enum: [1] } } });
  });
  it('returns nothing for a schema that a provider cannot enforce', () => {
    expect(toDialect({ ...all, required: ['a'] }, openAiDialect)).toBeUndefined();
    expect(toDialect({ ...all, required: ['a'] }, anthropicDialect)).toBeDefined();
    expect(toDialect({ ...all, additionalProperties: true }, anthropicDialect)).toBeUndefined();
    expect(toDialect({ ...all, oneOf: [] }, googleDialect)).toBeUndefined();
    expect(toDialect({ type: 'array', items: { type: 'string' } }, openAiDialect)).toBeUndefined();
    let deep: Record<string, unknown> = { type: 'string' };
    for (let level = 0; level < 30; level += 1)
      deep = { type: 'object', properties: { next: deep }, required: ['next'] };
    expect(toDialect(deep as never, openAiDialect)).toBeUndefined();
  });
});

describe('checkAnswer', () => {
  const schema = {
    type: 'object',
    properties: { n: { type: 'integer' } },
    required: ['n'],
    additionalProperties: false,
  };
  it('extracts the value from the text around it', () => {
    for (const answer of ['{"n":1}', '```json\n{"n":1}\n```', 'Here it is: {"n":1}. Bye.', ' {"n":1}\n'])
      expect(checkAnswer(answer, schema)).toEqual({ json: '{"n":1}' });
  });
  it('says what is wrong', () => {
    expect(checkAnswer('{"n":"x"}', schema)).toMatchObject({ problem: expect.stringContaining('n') });
    expect(checkAnswer('{"n":1', schema)).toEqual({ problem: 'the answer is not valid JSON' });
    expect(checkAnswer('', schema)).toEqual({ problem: 'the answer is empty' });
  });
});
