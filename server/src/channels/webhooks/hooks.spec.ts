import { afterEach, describe, expect, it } from '@jest/globals';
import { configOf, HookConfig } from '@heddle/core';
import { openPublished } from '../testing/open-published.js';
import type { TestServer } from '../../testing/test-server.js';
import { signStandard } from './sign.js';

let server: TestServer;
afterEach(() => server.close());

describe('a webhook that begins runs', () => {
  async function open(config: object = {}) {
    server = await openPublished();
    const { body: hook } = await server.call('POST', '/api/workflows/echo/hooks', { name: 'Shop', ...config });
    const send = (body: string, id = 'm1', secret = String(hook.secret)) => {
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signed = signStandard(secret, { id, timestamp, body: Buffer.from(body) });
      return server.call('POST', hook.path, body, { ...signed, 'content-type': 'application/json' });
    };
    return { hook, send };
  }

  it('maps the body, runs once per delivery, and keeps its secret hidden', async () => {
    const { hook, send } = await open({
      inputs: { question: 'Issue {{ body.issue.title }} by {{ body.by? }}' },
    });
    const first = await send('{"issue":{"title":"Broken"}}');
    expect([first.status, first.body.isReplay]).toEqual([202, false]);
    const again = await Promise.all([1, 2, 3].map(() => send('{"issue":{"title":"Broken"}}')));
    expect(again.map(({ body }): unknown => [body.runId, body.isReplay])).toEqual(
      [1, 2, 3].map((): unknown => [first.body.runId, true]),
    );
    expect((await send('{"issue":{"title":"Other"}}')).body.code).toBe('idempotency_conflict');
    const run = await server.heddle.runs.wait(first.body.runId);
    expect(run).toMatchObject({
      outputs: { answer: expect.stringContaining('Issue Broken') },
      summary: { trigger: 'webhook' },
    });
    const listed = await server.call('GET', '/api/workflows/echo/hooks');
    expect(listed.body.hooks).toMatchObject([{ id: hook.id, name: 'Shop', path: `/v1/hooks/${hook.id}` }]);
    expect(JSON.stringify(listed.body)).not.toContain(hook.secret);
    expect((await server.heddle.audit.list({ kinds: ['publish'] })).map(({ details }) => details['step'])).toContain(
      'hook made',
    );
  });

  it('takes inputs from members of the body when nothing is mapped, and refuses an unsigned message', async () => {
    const { send, hook } = await open();
    const { body } = await send('{"question":"hi","nodes":{}}');
    expect((await server.heddle.runs.wait(body.runId)).outputs).toEqual({ answer: 'You asked: hi' });
    const bad = await send('{"question":"hi"}', 'm2', 'whsec_AAAA');
    expect([bad.status, bad.body.code]).toEqual([401, 'signature_invalid']);
    expect((await server.call('POST', '/v1/hooks/none', {})).status).toBe(404);
    expect((await server.call('POST', hook.path, 'x=1', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await send('{', 'm3')).body.code).toBe('bad_json');
    const paused = { ...configOf(HookConfig, hook), isPaused: true };
    await server.call('PUT', `/api/workflows/echo/hooks/${hook.id}`, paused);
    expect((await send('{"question":"hi"}', 'm4')).body.code).toBe('channel_closed');
    expect((await server.call('DELETE', `/api/workflows/echo/hooks/${hook.id}`)).status).toBe(204);
    expect((await send('{"question":"hi"}', 'm5')).status).toBe(404);
    expect(await server.heddle.runs.list({})).toHaveLength(1);
  });

  it.each([
    ['501 lists in each other', `{"question":${'['.repeat(501)}${']'.repeat(501)}}`, 400],
    ['brackets that nothing closes', '['.repeat(900_000), 400],
    ['60,000 members', `{${Array.from({ length: 60_000 }, (_, index) => `"n${index}":1`).join(',')}}`, 413],
    ['500,000 items', `{"question":[${'1,'.repeat(499_999)}1]}`, 413],
  ])('starts no run for a signed body of %s', async (_name, body, status) => {
    const { send } = await open();
    const refused = await send(body);
    expect([refused.status, typeof refused.body.code]).toEqual([status, 'string']);
    expect(await server.heddle.runs.list({})).toEqual([]);
    expect((await server.call('GET', '/api/health')).body).toMatchObject({ status: 'ok' });
  });
});
