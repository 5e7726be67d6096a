import { describe, expect, it } from '@jest/globals';
import { Connection } from '@heddle/core';
import type { Preset } from '../../data/api/reply-parts.js';
import { draftFrom, draftOf, freeName, movesKey, readDraft } from './connection-draft.js';
import { hostOf, standingOf } from './connection-text.js';

const office = Connection.parse({
  id: 'office',
  kind: 'openai-compatible',
  baseUrl: 'http://10.0.0.7:8000/v1',
  prices: [{ model: 'llama*', inputPerMillion: 1, outputPerMillion: 2, asOf: '2026-01-02' }],
  models: [{ name: 'llama', contextTokens: 8000 }],
});
const calm = { circuit: 'closed', inFlight: 0, waiting: 0 } as const;

describe('the form of a connection', () => {
  it('gives back the connection that it was made from', () => {
    expect(readDraft(draftOf(office))).toEqual({ ok: true, connection: office });
  });

  it('starts with the settings of the preset, under a free name', () => {
    const preset: Preset = {
      id: 'vllm',
      title: 'vLLM',
      kind: 'openai-compatible',
      baseUrl: 'http://127.0.0.1:8000/v1',
      needsKey: false,
      isLocal: true,
      hint: '',
    };
    const read = readDraft(draftFrom(preset, ['vllm']));
    expect(read).toMatchObject({ ok: true, connection: { id: 'vllm-2', preset: 'vllm', isLocal: true, attempts: 3 } });
    expect(['office', 'The office'].map((name) => draftFrom(preset, [], name).id)).toEqual(['office', 'vllm']);
    expect(freeName('a', ['a', 'a-2'])).toBe('a-3');
  });

  it('says beside each field what is wrong with it', () => {
    const draft = {
      ...draftOf(office),
      id: 'Office',
      baseUrl: 'somewhere',
      prices: [{ ...draftOf(office).prices[0]!, model: ' ', inputPerMillion: undefined, currency: 'dollars' }],
    };
    expect(readDraft(draft)).toMatchObject({
      ok: false,
      errors: {
        id: expect.stringContaining('Lower-case'),
        baseUrl: expect.stringContaining('http://'),
        'prices.0.model': 'Enter a name.',
        'prices.0.inputPerMillion': 'Enter a number.',
        'prices.0.currency': expect.stringContaining('USD'),
      },
    });
    expect(readDraft({ ...draftOf(office), baseUrl: '' })).toMatchObject({
      ok: false,
      errors: { baseUrl: expect.any(String) },
    });
  });

  it('leaves out empty fields, so that their defaults apply', () => {
    const read = readDraft({ ...draftOf(office), region: ' ', concurrency: undefined, totalSeconds: undefined });
    expect(read.ok && [read.connection.region, read.connection.limits.concurrency]).toEqual([undefined, 16]);
    expect(read.ok && read.connection.timeouts.totalMs).toBe(600_000);
  });

  it('knows when the stored key will be deleted', () => {
    expect(movesKey(office, { ...draftOf(office), baseUrl: 'http://10.0.0.7:8000/v2' })).toBe(false);
    expect(movesKey(office, { ...draftOf(office), baseUrl: 'http://10.0.0.8:8000/v1' })).toBe(true);
    expect(movesKey(office, { ...draftOf(office), kind: 'openai' })).toBe(true);
  });
});

describe('the state of a connection', () => {
  it('names the worst fact first: disabled, paused, rate limited, the last test', () => {
    const lastTest = { at: 0, isReachable: true, ms: 210, models: ['a'] };
    const text = (more: object) =>
      standingOf({ isEnabled: true, activity: calm, lastTest, kind: 'openai', key: 'vault', ...more }, 300_000).text;
    expect(text({ isEnabled: false })).toBe('Disabled');
    expect(text({ activity: { ...calm, circuit: 'open', retryAt: 315_000 } })).toBe(
      'Paused after failures, next attempt in 15.0 s',
    );
    expect(text({ activity: { ...calm, pausedUntil: 302_000 } })).toBe('Rate limited by the provider for 2.0 s');
    expect(text({})).toBe('Answered in 210 ms, 5 min ago');
    expect(text({ lastTest: { ...lastTest, isReachable: false } })).toBe('Last test failed, 5 min ago');
    expect(text({ lastTest: undefined })).toContain('Not tested');
    expect(text({ key: 'none' })).toBe('Needs a key');
    expect(text({ key: 'none', kind: 'openai-compatible' })).toContain('Answered');
  });

  it('shows the host of its address', () => {
    expect(hostOf(office)).toBe('10.0.0.7:8000');
    expect(hostOf({ kind: 'anthropic', baseUrl: undefined })).toBe('Anthropic default address');
    // Users who may not change connections do not get the address of a team's own server.
    expect(hostOf({ kind: 'openai-compatible', baseUrl: undefined })).toBeUndefined();
  });
});
