import { afterEach, describe, expect, it } from '@jest/globals';
import { DeliveriesReply, KeyScopes, type Delivery } from '@heddle/core';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openPublished, until } from '../testing/open-published.js';
import type { TestServer } from '../../testing/test-server.js';

let server: TestServer;
let receiver: Server;
afterEach(async () => {
  await server.close();
  receiver.close();
});

/** A webhook made by a user with the right to publish, and the messages that its receiver got. */
async function open() {
  server = await openPublished();
  const heard: string[] = [];
  receiver = createServer((request, reply) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += String(part)));
    request.on('end', () => {
      heard.push(text);
      reply.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`;
  const { users, projects, keys } = server.heddle.parts.identity;
  const { id } = await users.create({ email: 'bob@example.org', name: 'Bob' });
  await projects.setRoles('default', `user:${id}`, ['approver']);
  const scopes = KeyScopes.parse({ permissions: ['workflow:publish'] });
  const key = await keys.create({ name: 'k', owner: `user:${id}`, project: 'default', scopes });
  const bearer = { authorization: `Bearer ${key.secret}` };
  const made = await server.call('POST', '/api/workflows/echo/webhooks', { name: 'Of Bob', url }, bearer);
  const path = `/api/workflows/echo/webhooks/${made.body.id}/deliveries`;
  const ended = (runId: string) =>
    until(async () => {
      const { deliveries } = DeliveriesReply.parse((await server.call('GET', path)).body);
      return deliveries.find((delivery: Delivery) => delivery.runId === runId && delivery.status !== 'waiting');
    });
  server.heddle.channels.start();
  const run = async (): Promise<string> =>
    String((await server.call('POST', '/v1/workflows/echo', { question: 'hi' })).body.runId);
  expect((await ended(await run())).status).toBe('sent');
  heard.length = 0;
  return { heard, run, ended, user: id, key: key.key.id };
}

describe('a webhook whose maker', () => {
  it.each([
    ['is disabled', ({ user }: { user: string }) => server.heddle.parts.identity.users.setDisabled(user, true)],
    [
      'is in the project no more',
      ({ user }: { user: string }) => server.heddle.parts.identity.projects.setRoles('default', `user:${user}`, []),
    ],
    ['was a key that is revoked', ({ key }: { key: string }) => server.heddle.parts.identity.keys.revoke(key)],
  ])('%s sends nothing more, and shows the reason', async (_what, change) => {
    const { heard, run, ended, user, key } = await open();
    await change({ user, key });
    const runId = await run();
    const dead = await ended(runId);
    expect([dead.status, dead.attempts]).toEqual(['dead', 1]);
    expect(dead.error).toMatch(/forbidden|not_found/);
    expect(heard).toEqual([]);
    const [record] = await server.heddle.audit.list({ kinds: ['egress'] });
    expect(record).toMatchObject({ subject: `run:${runId}`, isAllowed: false, details: { decision: 'dead' } });
  });

  it('still has the right by another role goes on sending', async () => {
    const { heard, run, ended, user } = await open();
    await server.heddle.parts.identity.projects.setRoles('default', `user:${user}`, ['owner']);
    expect((await ended(await run())).status).toBe('sent');
    expect(heard).toHaveLength(1);
  });
});
