import { HeddleError } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';
import { startTestServer, type TestServer } from '../testing/test-server.js';

describe('an open socket', () => {
  let server: TestServer;
  let socket: Socket;
  const clock = createFakeClock();
  beforeEach(async () => {
    server = await startTestServer({ settings: { HEDDLE_SIGN_IN: 'required' }, clock });
  });
  afterEach(async () => {
    socket.close();
    await server.close();
  });

  async function somebody() {
    const { users, projects, sessions } = server.heddle.parts.identity;
    const user = await users.create({ email: 'eve@example.org', name: 'Eve' });
    await projects.setRoles('default', `user:${user.id}`, ['editor']);
    const { token, session } = await sessions.begin(user.id, { isSecure: false, agent: 'eve' });
    return { user, session, headers: { cookie: `heddle=${token}` } };
  }

  async function watch(extraHeaders: Record<string, string>): Promise<unknown> {
    socket = io(`${server.address}/live`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders,
    });
    return socket.emitWithAck('watch', { topic: 'runs' });
  }

  /** Resolves when the server has cut the socket, or ended a topic. */
  async function ended(): Promise<string> {
    const word = new Promise<string>((resolve) => {
      socket.once('disconnect', () => resolve('cut'));
      socket.once('failed', ({ topic }: { readonly topic: string }) => resolve(`over: ${topic}`));
    });
    await clock.advance(500);
    return word;
  }

  it('is cut when its session ends', async () => {
    const { session, headers } = await somebody();
    expect(await watch(headers)).toMatchObject({ ok: true });
    await server.heddle.parts.identity.sessions.end(session.id);
    expect(await ended()).toBe('cut');
  });

  it('is cut when its user is disabled', async () => {
    const { user, headers } = await somebody();
    expect(await watch(headers)).toMatchObject({ ok: true });
    await server.heddle.parts.identity.users.setDisabled(user.id, true);
    expect(await ended()).toBe('cut');
  });

  it('is cut when its key is revoked', async () => {
    const { user } = await somebody();
    const { keys } = server.heddle.parts.identity;
    const { key, secret } = await keys.create({
      name: 'k',
      project: 'default',
      owner: `user:${user.id}`,
      scopes: { permissions: ['run:read'] },
    });
    expect(await watch({ authorization: `Bearer ${secret}` })).toMatchObject({ ok: true });
    await keys.revoke(key.id);
    expect(await ended()).toBe('cut');
  });

  it('gets an error in the acknowledgement when its user may no longer watch anything', async () => {
    const { user, headers } = await somebody();
    await watch(headers);
    await server.heddle.parts.identity.projects.setRoles('default', `user:${user.id}`, []);
    expect(await ended()).toBe('over: runs');
    expect(await socket.timeout(2_000).emitWithAck('watch', { topic: 'runs' })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
  });

  it('loses the topics that its user may no longer see, and stays open', async () => {
    const { user, headers } = await somebody();
    expect(await watch(headers)).toMatchObject({ ok: true });
    await server.heddle.parts.identity.projects.setRoles('default', `user:${user.id}`, []);
    expect(await ended()).toBe('over: runs');
    expect(socket.connected).toBe(true);
  });

  it('stays open when the token of its session is renewed', async () => {
    const { session, headers } = await somebody();
    expect(await watch(headers)).toMatchObject({ ok: true });
    await server.heddle.parts.identity.sessions.rotate(session);
    await clock.advance(120_000);
    expect(await socket.emitWithAck('watch', { topic: 'runs' })).toMatchObject({ ok: true });
  });

  it('stays open while the store cannot be read, and is cut once the store reports the ended session', async () => {
    const { session, headers } = await somebody();
    const { sessions } = server.heddle.parts.identity;
    expect(await watch(headers)).toMatchObject({ ok: true });
    let isBroken = true;
    const isAlive = sessions.isAlive.bind(sessions);
    Object.assign(sessions, {
      isAlive: (id: string) => {
        if (isBroken) throw new HeddleError('storage_failed', 'The disk does not answer.');
        return isAlive(id);
      },
    });
    await clock.advance(6000);
    expect(await socket.emitWithAck('watch', { topic: 'runs' })).toMatchObject({ ok: true });
    isBroken = false;
    await sessions.end(session.id);
    expect(await ended()).toBe('cut');
  });
});
