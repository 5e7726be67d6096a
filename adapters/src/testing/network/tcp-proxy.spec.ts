import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

describe('a proxy that simulates faults', () => {
  let server: Server;
  let proxy: TcpProxy;
  let got: string[];
  let onGot: () => void;
  const clients: Socket[] = [];

  beforeEach(async () => {
    got = [];
    onGot = () => undefined;
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        got.push(chunk.toString());
        onGot();
        socket.write(`answer to ${chunk.toString()}`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = await startTcpProxy((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await proxy.close();
    await new Promise((resolve) => server.close(resolve));
  });

  const open = async (): Promise<Socket> => {
    const client = connect(proxy.port, '127.0.0.1');
    client.on('error', () => undefined);
    clients.push(client);
    await once(client, 'connect');
    return client;
  };
  /** Not `once`, which rejects when the connection is reset first. */
  const end = (client: Socket): Promise<void> => new Promise((resolve) => client.once('close', () => resolve()));
  const ask = async (client: Socket, text: string): Promise<string> => {
    const answer = once(client, 'data').then(([chunk]) => String(chunk));
    client.write(text);
    return answer;
  };
  const arrival = (text: string): Promise<void> =>
    new Promise((resolve) => {
      onGot = () => {
        if (got.includes(text)) resolve();
      };
      onGot();
    });

  it('loses answers after the server got the requests, and counts them', async () => {
    const client = await open();
    expect(await ask(client, 'one')).toBe('answer to one');
    const stop = proxy.loseAnswers();
    const closed = end(client);
    client.write('two');
    await closed;
    expect(got).toEqual(['one', 'two']);
    expect(stop()).toBe(1);
    expect(await ask(await open(), 'three')).toBe('answer to three');
  });

  it('closes connections, and accepts new ones', async () => {
    const client = await open();
    await ask(client, 'one');
    const closed = end(client);
    expect(proxy.cut()).toBe(1);
    await closed;
    expect(await ask(await open(), 'two')).toBe('answer to two');
  });

  it('delivers late what was sent while it held the network, even from a client that is gone', async () => {
    const client = await open();
    await ask(client, 'one');
    proxy.hold();
    client.write('two');
    const later = await open();
    const answered = ask(later, 'three');
    client.destroy();
    await end(client);
    expect(got).toEqual(['one']);
    proxy.resume('arrives');
    await arrival('two');
    expect(await answered).toBe('answer to three');
  });

  it('loses what was sent while it held the network', async () => {
    const client = await open();
    await ask(client, 'one');
    proxy.hold();
    const closed = end(client);
    client.write('two');
    proxy.resume('is lost');
    await closed;
    expect(await ask(await open(), 'three')).toBe('answer to three');
    expect(got).toEqual(['one', 'three']);
  });
});
