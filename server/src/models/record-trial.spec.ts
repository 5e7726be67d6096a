import { HeddleError, type ModelHub } from '@heddle/core';
import { createFakeEmbedder, createFakeLanguageModel } from '@heddle/core/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../testing/test-server.js';

describe('a trial of a model', () => {
  let server: TestServer;
  afterEach(() => server.close());

  async function open(): Promise<void> {
    const script = [{ text: ['In ', 'Paris.'] }, { text: 'Half', error: new HeddleError('model_host_lost', 'Gone.') }];
    const model = createFakeLanguageModel(script);
    const hub: Partial<Record<keyof ModelHub, unknown>> = {
      list: () => Promise.resolve([]),
      card: () => ({ kind: 'embed' }),
      languageModel: () => Promise.resolve(model),
      embedder: () => Promise.resolve(createFakeEmbedder({ dimensions: 4 })),
      hosts: () => [],
      watch: () => () => undefined,
      close: () => Promise.resolve(),
    };
    server = await startTestServer({ models: hub as ModelHub }); // Only the methods that trials use.
  }
  const tries = () => server.call('POST', '/api/models/small/try', { prompt: 'Where is the office?', maxTokens: 9 });
  const records = () => server.heddle.audit.list({ kinds: ['model-call'], subject: 'model:small' });

  it('is recorded in the audit log with the hashes of its texts, even if it fails', async () => {
    await open();
    expect((await tries()).body).toContain('"Paris."');
    expect((await tries()).body).toContain('model_host_lost');
    const [failed, good] = await records();
    expect(good).toMatchObject({
      who: 'local',
      details: {
        step: 'tried',
        model: 'small',
        kind: 'generate',
        parameters: { maxTokens: 9 },
        promptHash: expect.stringMatching(/^sha256:/),
        outputHash: expect.stringMatching(/^sha256:/),
      },
    });
    expect(failed?.details['error']).toBe('model_host_lost');
    expect(JSON.stringify([failed, good])).not.toContain('office');
    const score = { query: 'a', texts: ['b'] };
    expect((await server.call('POST', '/api/models/small/score', score)).status).toBe(200);
    expect((await records())[0]?.details).toMatchObject({ kind: 'score' });
  });

  it('is refused while a kill switch stops everything', async () => {
    await open();
    await server.heddle.killSwitches.set('all', 'Wait.', 'local');
    expect((await tries()).body.error.code).toBe('kill_switch');
    expect((await server.call('POST', '/api/models/small/score', { query: 'a', texts: ['b'] })).body.error.code).toBe(
      'kill_switch',
    );
    expect((await server.call('POST', '/api/connections/far/test', {})).body.error.code).toBe('kill_switch');
    expect(await records()).toEqual([]);
  });
});
