import { DeliveriesReply, type Delivery } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestServer } from '../../testing/test-server.js';
import { openPublished, until } from '../testing/open-published.js';

let server: TestServer;
let receiver: Server | undefined;
afterEach(async () => {
  await server.close();
  receiver?.closeAllConnections();
  receiver?.close();
  receiver = undefined;
});

/** Runs once, and returns the delivery after its first try. */
async function firstTry(listener: RequestListener): Promise<Delivery> {
  server = await openPublished({ clock: createFakeClock(Date.now()) });
  receiver = createServer((request, reply) => void request.resume().on('end', () => listener(request, reply)));
  await new Promise<void>((resolve) => receiver?.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`;
  const { body: webhook } = await server.call('POST', '/api/workflows/echo/webhooks', { name: 'CRM', url });
  server.heddle.channels.start();
  await server.call('POST', '/v1/workflows/echo', { question: 'hi' });
  return until(async () => {
    const { body } = await server.call('GET', `/api/workflows/echo/webhooks/${webhook.id}/deliveries`);
    return DeliveriesReply.parse(body).deliveries.find(({ attempts }) => attempts > 0);
  });
}

describe("the reply of a webhook's receiver", () => {
  it('is not followed when it redirects: the message stays and is tried again', async () => {
    const asked: (string | undefined)[] = [];
    const delivery = await firstTry(({ url }, reply) => {
      asked.push(url);
      reply.writeHead(url === '/in' ? 302 : 200, { location: '/moved' }).end();
    });
    expect(delivery).toMatchObject({ status: 'waiting', error: expect.stringContaining('(/moved): use that one') });
    expect(asked).toEqual(['/in']);
  });

  it('counts as received even if it is longer than what is read', async () => {
    const delivery = await firstTry((_request, reply) => void reply.end('thank you '.repeat(100_000)));
    expect(delivery).toMatchObject({ status: 'sent', attempts: 1 });
  });
});

describe('the address of a webhook', () => {
  it('is refused with credentials, which everyone who sees the workflow could read', async () => {
    server = await openPublished();
    const config = { name: 'CRM', url: 'https://ada:secret@example.org/in' };
    expect((await server.call('POST', '/api/workflows/echo/webhooks', config)).status).toBe(400);
    const open = { ...config, url: 'https://example.org/in' };
    const { body } = await server.call('POST', '/api/workflows/echo/webhooks', open);
    expect((await server.call('PUT', `/api/workflows/echo/webhooks/${body.id}`, config)).status).toBe(400);
  });
});

describe('the URL verification of Slack', () => {
  it('is answered with its challenge when it is signed, and starts no run', async () => {
    server = await openPublished();
    const hook = { name: 'Slack', scheme: 'slack', secret: 'of their app' };
    const { path } = (await server.call('POST', '/api/workflows/echo/hooks', hook)).body;
    const body = JSON.stringify({ token: 't', challenge: '3eZbrw1a', type: 'url_verification' });
    const time = String(Math.floor(Date.now() / 1_000));
    const mac = createHmac('sha256', hook.secret).update(`v0:${time}:${body}`).digest('hex');
    const headers = { 'content-type': 'application/json', 'x-slack-request-timestamp': time };
    const send = (signature: string) => server.call('POST', path, body, { ...headers, 'x-slack-signature': signature });
    expect((await send(`v0=${mac}`)).body).toEqual({ challenge: '3eZbrw1a' });
    expect((await send(`v0=${'0'.repeat(64)}`)).status).toBe(401);
    expect(await server.heddle.runs.list({})).toEqual([]);
  });
});
