import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { startTestServer, type TestServer } from '../../testing/test-server.js';

let server: TestServer;
afterEach(() => server.close());

/** Sends the whole request before it reads the answer, as many clients do. */
function sendAll(address: string, head: readonly string[], body: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    socket.pause().on('error', reject);
    socket.write([...head, 'host: 127.0.0.1', 'content-type: application/json', '', ''].join('\r\n'));
    socket.write(body, () => {
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (!text.includes('\r\n\r\n')) return;
        socket.destroy();
        resolve(text);
      });
      socket.resume();
    });
  });
}

describe('a body that is too large', () => {
  const size = 16_000_000;
  const settings = { HEDDLE_BODY_LIMIT: '100kb' };

  it('is answered even if the caller sends all of it first', async () => {
    server = await startTestServer({ settings });
    const head = ['POST /api/compile HTTP/1.1', `content-length: ${size}`];
    const reply = await sendAll(server.address, head, Buffer.alloc(size, 0x20));
    expect(reply).toMatch(/^HTTP\/1\.1 413 /);
    expect(reply).not.toMatch(/^connection: close/im);
  });

  it('is answered to a caller that sends connection: close', async () => {
    server = await startTestServer({ settings });
    const head = ['POST /api/compile HTTP/1.1', `content-length: ${size}`, 'connection: close'];
    expect(await sendAll(server.address, head, Buffer.alloc(size, 0x20))).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('is answered to a caller that waits for the answer before it sends the body', async () => {
    server = await startTestServer({ settings });
    const head = ['POST /api/compile HTTP/1.1', `content-length: ${size}`, 'connection: close'];
    expect(await sendAll(server.address, head, Buffer.alloc(0))).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('has its connection closed on request, once it is complete', async () => {
    server = await startTestServer({ settings });
    const socket = connect(Number(new URL(server.address).port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    const head = ['POST /api/compile HTTP/1.1', `content-length: ${size}`, 'connection: close', 'host: 127.0.0.1'];
    socket.write([...head, 'content-type: application/json', '', ''].join('\r\n'));
    socket.write(Buffer.alloc(size, 0x20));
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await closed;
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('is answered when its length is not declared', async () => {
    server = await startTestServer({ settings });
    const chunks = Buffer.concat([
      Buffer.from(`${size.toString(16)}\r\n`),
      Buffer.alloc(size, 0x20),
      Buffer.from('\r\n0\r\n\r\n'),
    ]);
    const reply = await sendAll(server.address, ['POST /api/compile HTTP/1.1', 'transfer-encoding: chunked'], chunks);
    expect(reply).toMatch(/^HTTP\/1\.1 413 /);
  });
});
