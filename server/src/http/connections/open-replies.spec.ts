import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { followReplies } from './open-replies.js';

describe('replies of a server that stops', () => {
  let server: Server;
  let untilSent: (limitMs: number) => Promise<void>;
  beforeEach(async () => {
    server = createServer();
    untilSent = followReplies(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** A reply that has begun and not ended, and the text that its reader gets. */
  async function begun(): Promise<{ response: ServerResponse; text: Promise<string> }> {
    const asked = once(server, 'request') as Promise<[unknown, ServerResponse]>;
    const reply = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const [, response] = await asked;
    response.writeHead(200).flushHeaders();
    return { response, text: reply.then((one) => one.text()) };
  }

  it('are awaited until the last one is sent', async () => {
    await untilSent(60_000);
    const first = await begun();
    const second = await begun();
    let isOver = false;
    const stopped = untilSent(60_000).then(() => (isOver = true));
    first.response.end('first');
    expect(await first.text).toBe('first');
    expect(isOver).toBe(false);
    second.response.end('second');
    await stopped;
    expect(await second.text).toBe('second');
  });

  it('are no longer awaited after the limit', async () => {
    const { response, text } = await begun();
    await untilSent(10);
    response.end('late');
    expect(await text).toBe('late');
  });
});
