import { ArrivalsReply, type Arrival } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { TestServer } from '../../testing/test-server.js';
import { echoDocument } from '../../testing/echo-document.js';
import { openPublished } from '../testing/open-published.js';
import { signedHeaders } from './verify.js';

let server: TestServer;
afterEach(() => server.close());

async function open(config: object = {}) {
  const clock = createFakeClock(Date.now());
  server = await openPublished({ clock });
  const { body: hook } = await server.call('POST', '/api/workflows/echo/hooks', { name: 'Shop', ...config });
  const at = `/api/workflows/echo/hooks/${hook.id}`;
  const send = (id: string, secret = String(hook.secret), path = String(hook.path)): Promise<Response> => {
    const body = Buffer.from('{"question":"hi"}');
    const timestamp = String(Math.floor(clock.now() / 1_000));
    const headers = {
      ...signedHeaders('standard', secret, { id, timestamp, body }),
      'content-type': 'application/json',
    };
    return fetch(`${server.address}${path}`, { method: 'POST', body, headers });
  };
  const arrivals = async (): Promise<readonly Arrival[]> =>
    ArrivalsReply.parse((await server.call('GET', `${at}/arrivals`)).body).arrivals;
  return { clock, hook, at, send, arrivals };
}

const codeOf = async (reply: Response): Promise<unknown> => ((await reply.json()) as { code?: unknown }).code;

describe('the messages that a webhook received', () => {
  it('are listed with the run that each began, or the reason why it began none', async () => {
    const { send, arrivals } = await open();
    const { runId } = (await (await send('m1')).json()) as { runId: string };
    await send('m1');
    await send('m2', 'whsec_AAAA');
    expect(await arrivals()).toMatchObject([
      { key: '', error: { code: 'signature_invalid', message: expect.stringContaining('secret') } },
      { key: 'm1', runId },
    ]);
  });

  it('are kept up to a limit of each kind: refused ones remove no others', async () => {
    const { clock, send, arrivals, at } = await open();
    await send('m1');
    for (let index = 0; index < 230; index += 1) {
      await send(`bad ${index}`, 'whsec_AAAA');
      await clock.advance(1_000);
    }
    const all = ArrivalsReply.parse((await server.call('GET', `${at}/arrivals?limit=400`)).body).arrivals;
    expect(all.filter(({ error }) => error !== undefined)).toHaveLength(200);
    expect(all.at(-1)).toMatchObject({ key: 'm1' });
    expect(await arrivals()).toHaveLength(50);
  });

  it.each(['standard', 'github', 'stripe', 'slack'] as const)(
    'can be tried with the signature of %s',
    async (scheme) => {
      const { at, arrivals } = await open({ scheme, inputs: { question: '{{ body.text }}' } });
      const tried = await server.call('POST', `${at}/try`, { body: { text: 'tried' } });
      expect(tried.status).toBe(202);
      expect((await server.heddle.runs.wait(tried.body.runId)).outputs).toEqual({ answer: 'You asked: tried' });
      expect(await arrivals()).toMatchObject([{ runId: tried.body.runId }]);
      const wrong = await server.call('POST', `${at}/try`, { body: {} });
      expect(wrong.status).toBeGreaterThanOrEqual(400);
      expect((await arrivals())[0]).toMatchObject({ error: { code: wrong.body.error.code } });
    },
  );

  it('are signed with the new secret after a change, which is recorded', async () => {
    const { at, send, hook } = await open();
    const { body } = await server.call('POST', `${at}/secret`);
    expect(body.secret).toMatch(/^whsec_/);
    expect((await send('m1')).status).toBe(401);
    expect((await send('m1', body.secret)).status).toBe(202);
    expect((await server.call('POST', `${at}/secret`, { secret: 'of-the-sender' })).body.secret).toBe('of-the-sender');
    expect((await send('m2', 'of-the-sender')).status).toBe(202);
    const steps = (await server.heddle.audit.list({ kinds: ['publish'] })).map(({ details }) => details);
    expect(steps).toContainEqual(expect.objectContaining({ step: 'hook given a new secret', channel: hook.id }));
    expect(JSON.stringify(steps)).not.toContain(body.secret);
  });
});

describe('a webhook of another workflow', () => {
  it('is not found by any request', async () => {
    const { hook } = await open();
    await server.heddle.workflows.create(echoDocument('Other: '), 'other');
    const at = `/api/workflows/other/hooks/${hook.id}`;
    for (const [method, path] of [
      ['GET', `${at}/arrivals`],
      ['POST', `${at}/secret`],
      ['DELETE', at],
    ] as const)
      expect((await server.call(method, path)).body.error.code).toBe('trigger_not_found');
    expect((await server.call('POST', `${at}/try`, { body: {} })).body.error.code).toBe('trigger_not_found');
    expect(await server.heddle.runs.list({})).toEqual([]);
  });
});

describe('a sender of too many messages', () => {
  it('to one webhook gets the time of the next try', async () => {
    const { send, clock } = await open({ ratePerMinute: 2 });
    expect([(await send('m1')).status, (await send('m2')).status]).toEqual([202, 202]);
    const refused = await send('m3');
    expect([refused.status, await codeOf(refused)]).toEqual([429, 'too_many_requests']);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBe(30);
    expect(await server.heddle.runs.list({})).toHaveLength(2);
    await clock.advance(seconds * 1_000);
    expect((await send('m3')).status).toBe(202);
  });

  it('does not slow down another webhook', async () => {
    const { send } = await open({ ratePerMinute: 1 });
    const { body: other } = await server.call('POST', '/api/workflows/echo/hooks', { name: 'Other' });
    expect([(await send('m1')).status, (await send('m2')).status]).toEqual([202, 429]);
    expect((await send('m1', other.secret, other.path)).status).toBe(202);
  });

  it('without a signature is limited by address, on all webhooks together, while signed messages still arrive', async () => {
    const { send, arrivals } = await open();
    const { body: other } = await server.call('POST', '/api/workflows/echo/hooks', { name: 'Other' });
    const statuses: number[] = [];
    for (let index = 0; index < 62; index += 1)
      statuses.push((await send(`m${index}`, 'whsec_AAAA', index % 2 === 0 ? other.path : undefined)).status);
    expect(statuses.slice(0, 60).every((status) => status === 401)).toBe(true);
    expect(statuses.slice(60)).toEqual([429, 429]);
    const refused = await send('m', 'whsec_AAAA');
    expect(Number(refused.headers.get('retry-after'))).toBe(1);
    expect(await arrivals()).toHaveLength(30);
    expect((await send('good')).status).toBe(202);
  });
});
