import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../settings/read-settings.js';
import { startServer, type RunningServer } from '../start-server.js';
import type { AnyJson } from '../testing/any-json.js';
import { startModelServer, type ScriptedTurn, type TestModelServer } from '../testing/test-model-server.js';

const canary = 'sk-canary-51e0c7d2aa94';
const chat = { type: 'generate', version: 1, config: { model: 'far/one' } };
const document = {
  heddle: 2,
  name: 'Twice',
  nodes: {
    ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'text' }] } },
    first: chat,
    second: chat,
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'text' }] } },
  },
  edges: [
    { from: 'ask.question', to: 'first.prompt' },
    { from: 'first.text', to: 'second.prompt' },
    { from: 'second.text', to: 'reply.answer' },
  ],
};

/** Replies of a provider that fails while a run is under way, with the error code of the run. */
const faults: readonly (readonly [name: string, turn: ScriptedTurn, code: string])[] = [
  ['whose key was revoked', { status: 401, message: `The key ${canary} was revoked.` }, 'provider_unauthorized'],
  ['who may use the model no more', { status: 403, message: `${canary} may not.` }, 'provider_unauthorized'],
  ['that is down', { status: 503, message: `Overloaded, ${canary}.` }, 'provider_failed'],
  ['that is slow', () => new Promise(() => undefined), 'provider_timeout'],
];

describe('a run whose provider fails midway', () => {
  let folder: string;
  let server: RunningServer;
  let model: TestModelServer;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-gone-'));
    server = await startServer(readSettings({ HEDDLE_DATA: folder, PORT: '0', HEDDLE_LOG: 'silent' }));
  });
  afterEach(async () => {
    await server.close();
    await model.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const send = async (method: string, path: string, body?: unknown): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? {} : { headers, body: JSON.stringify(body) };
    return (await fetch(`${server.address}${path}`, { method, ...init })).text();
  };
  const call = async (...asked: Parameters<typeof send>): Promise<AnyJson> =>
    JSON.parse((await send(...asked)) || '{}');
  const ended = async (runId: string) => {
    for (;;) {
      const run = await call('GET', `/api/runs/${runId}`);
      if (['done', 'failed', 'cancelled'].includes(run.status as string)) return run as unknown;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  it.each(faults)(
    'fails with an error code at a provider %s, shows no key, and resumes without repeating the first call',
    async (...fault) => {
      const [, turn, code] = fault;
      const turns: ScriptedTurn[] = ['First.', turn];
      model = await startModelServer(turns);
      await call('POST', '/api/connections', {
        id: 'far',
        kind: 'openai-compatible',
        baseUrl: model.baseUrl,
        models: [{ name: 'one' }],
        attempts: 1,
        timeouts: { connectMs: 2_000, idleMs: 2_000, totalMs: 10_000 },
      });
      await call('PUT', '/api/connections/far/key', { value: canary });
      const { runId } = await call('POST', '/api/runs', { document, inputs: { question: 'Well?' } });
      expect(await ended(runId as string)).toMatchObject({ status: 'failed', error: { code } });
      const seen = [
        `/api/runs/${runId as string}`,
        `/api/runs/${runId as string}/events`,
        '/api/audit',
        '/api/connections',
      ];
      for (const path of seen) expect([path, (await send('GET', path)).includes(canary)]).toEqual([path, false]);
      for (const name of readdirSync(folder))
        if (name.startsWith('heddle.db')) expect(readFileSync(join(folder, name)).includes(canary)).toBe(false);

      turns.splice(0, turns.length, 'Second.');
      model.requests.splice(0);
      const resumed = await call('POST', `/api/runs/${runId as string}/resume`);
      expect(await ended(resumed.runId as string)).toMatchObject({ status: 'done', outputs: { answer: 'Second.' } });
      expect(model.requests.map(({ messages }) => messages.at(-1)?.['content'])).toEqual(['First.']);
    },
  );
});
