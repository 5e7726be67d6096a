import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
const patient = 30_000;

/** Every socket comes through a trusted proxy here, so that a test can choose the address of each. */
describe('an unauthenticated socket', () => {
  let server: TestServer;
  let sockets: Socket[] = [];
  beforeEach(async () => {
    server = await startTestServer({
      settings: {
        HEDDLE_SIGN_IN: 'required',
        HEDDLE_TRUST_PROXY: '127.0.0.1',
        HEDDLE_ANONYMOUS_SECONDS: '2',
        HEDDLE_ANONYMOUS_SOCKETS: '3',
      },
    });
  });
  afterEach(async () => {
    for (const socket of sockets) socket.close();
    sockets = [];
    await server.close();
  });

  function connect(headers: Record<string, string> = {}, transport: 'websocket' | 'polling' = 'websocket'): Socket {
    const socket = io(`${server.address}/live`, {
      transports: [transport],
      forceNew: true,
      reconnection: false,
      extraHeaders: { 'x-forwarded-for': '198.51.100.7', ...headers },
    });
    sockets.push(socket);
    return socket;
  }
  const outcome = (socket: Socket): Promise<string> =>
    new Promise((resolve) => {
      if (socket.connected) resolve('connected');
      socket.once('connect', () => resolve('connected'));
      socket.once('connect_error', () => resolve('refused'));
    });
  const closed = (socket: Socket, ms: number): Promise<boolean> =>
    Promise.race([
      new Promise<boolean>((resolve) => socket.once('disconnect', () => resolve(true))),
      pause(ms).then(() => false),
    ]);
  async function somebody() {
    const { users, projects, sessions } = server.heddle.parts.identity;
    const user = await users.create({ email: 'eve@example.org', name: 'Eve' });
    await projects.setRoles('default', `user:${user.id}`, ['editor']);
    const { token, session } = await sessions.begin(user.id, { isSecure: false, agent: 'eve' });
    return { session, headers: { cookie: `heddle=${token}` } };
  }

  it.each(['websocket', 'polling'] as const)(
    'is closed after some seconds, by %s, even if it sends requests',
    async (transport) => {
      const socket = connect({}, transport);
      expect(await outcome(socket)).toBe('connected');
      const end = closed(socket, 8_000);
      const refused = new Promise((resolve) => socket.once('failed', resolve));
      socket.emit('watch', { topic: 'runs' });
      expect(await refused).toMatchObject({ error: { code: 'unauthorized' } });
      expect(await end).toBe(true);
    },
    patient,
  );

  it(
    'is closed when it sends nothing',
    async () => {
      const address = `${server.address.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
      const plain = new WebSocket(address);
      const end = new Promise((resolve) => plain.addEventListener('close', () => resolve('closed')));
      expect(await Promise.race([end, pause(8_000)])).toBe('closed');
    },
    patient,
  );

  it('takes one of a few slots of its address, and releases it', async () => {
    const first = [connect(), connect(), connect()];
    expect(await Promise.all(first.map(outcome))).toEqual(['connected', 'connected', 'connected']);
    expect(await outcome(connect())).toBe('refused');
    expect(await outcome(connect({}, 'polling'))).toBe('refused');
    expect(await outcome(connect({ 'x-forwarded-for': '203.0.113.9' }))).toBe('connected');
    first[0]?.close();
    // The server notices the close a moment later.
    let last = '';
    for (let tries = 0; last !== 'connected' && tries < 50; tries += 1) {
      await pause(100);
      last = await outcome(connect());
    }
    expect(last).toBe('connected');
    expect(await outcome(connect())).toBe('refused');
  });

  it('excludes no authenticated socket, which takes no such slot', async () => {
    const { headers } = await somebody();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const socket = connect(headers);
      expect(await outcome(socket)).toBe('connected');
      expect(await socket.emitWithAck('watch', { topic: 'runs' })).toMatchObject({ ok: true });
    }
    expect(await outcome(connect())).toBe('connected');
  });

  it('excludes no user with a session who opens many sockets before any request', async () => {
    const { headers } = await somebody();
    const all = Array.from({ length: 10 }, () => connect(headers));
    expect(new Set(await Promise.all(all.map(outcome)))).toEqual(new Set(['connected']));
    expect(await outcome(connect())).toBe('connected');
  });

  it(
    'stays open if it has a session, even without a request, until the session ends',
    async () => {
      const { session, headers } = await somebody();
      const socket = connect(headers);
      expect(await outcome(socket)).toBe('connected');
      expect(await closed(socket, 4_000)).toBe(false);
      const end = closed(socket, 4_000);
      await server.heddle.parts.identity.sessions.end(session.id);
      expect(await end).toBe(true);
    },
    patient,
  );
});
