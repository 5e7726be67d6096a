import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { limitConnections } from '../http/connections/limit-connections.js';
import { startTestServer } from '../testing/test-server.js';

const opened = (socket: Socket): Promise<boolean> =>
  new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(false));
    // A refused connection is closed at once; an accepted one gets an answer.
    socket.on('data', () => resolve(true));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  });

/** A connection with another remote address. */
function connectionOf(remoteAddress: string): Duplex {
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  return Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
}

describe('connections of one address', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function listen(limit: { readonly most: number; readonly isExempt?: boolean }) {
    const refused: string[] = [];
    const server: Server = createServer((_request, response) => response.end('here'));
    limitConnections(server, {
      most: limit.most,
      isExempt: () => limit.isExempt === true,
      onRefuse: (network) => refused.push(network),
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    const open = (): Socket => {
      const socket = connect(port, '127.0.0.1');
      closers.push(() => socket.destroy());
      return socket;
    };
    return { open, refused };
  }

  it('are closed at once beyond the limit, which is logged once, and accepted again when one has ended', async () => {
    const { open, refused } = await listen({ most: 2 });
    const first = open();
    expect([await opened(first), await opened(open())]).toEqual([true, true]);
    expect([await opened(open()), await opened(open())]).toEqual([false, false]);
    expect(refused).toEqual(['127.0.0.1']);
    first.destroy();
    await new Promise((resolve) => first.once('close', resolve));
    for (let tries = 0; ; tries += 1) {
      if (await opened(open())) break;
      expect(tries).toBeLessThan(100);
    }
    expect(await opened(open())).toBe(false);
  });

  it('are not counted when the address is exempt', async () => {
    const { open, refused } = await listen({ most: 1, isExempt: true });
    expect([await opened(open()), await opened(open()), refused]).toEqual([true, true, []]);
  });

  it('are counted by the server, except those of this machine and its proxies', async () => {
    const server = await startTestServer({
      settings: { HEDDLE_ADDRESS_CONNECTIONS: '2', HEDDLE_TRUST_PROXY: '198.51.100.0/24' },
    });
    closers.push(() => server.close());
    const arrive = (address: string): boolean => {
      const socket = connectionOf(address);
      closers.push(() => socket.destroy());
      server.app.getHttpServer().emit('connection', socket);
      return !socket.destroyed;
    };
    const twice = (...addresses: readonly string[]): boolean[] => addresses.map(arrive);
    expect(twice('203.0.113.9', '::ffff:203.0.113.9', '203.0.113.9', '203.0.113.10')).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(twice('2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2::3', '2001:db8:1:3::1')).toEqual([
      true,
      true,
      false,
      true,
    ]);
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '198.51.100.7', '::ffff:198.51.100.7'])
      expect([address, ...twice(address, address, address)]).toEqual([address, true, true, true]);
  });
});
