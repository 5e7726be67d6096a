import { expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openEventStream } from './sse.js';

/** The text that a client reads from a stream that fails with this error; `aborted` when the connection breaks. */
async function readFailed(error: unknown): Promise<string> {
  const server = createServer((_request, response) => openEventStream(response, {}).fail(error));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await reply.text().catch(() => 'aborted');
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it('sends a permanent error as its last event', async () => {
  const text = await readFailed(new HeddleError('storage_corrupt', 'Record 3 is damaged.'));
  expect(text).toMatch(/^event: problem\ndata: \{"error":\{"code":"storage_corrupt","message":"Record 3 is damaged."/);
});

it.each([
  ['a fault of the store that may pass', new HeddleError('storage_failed', 'x')],
  ['an unexpected error', new Error('x')],
])('breaks off for %s, so that the client reconnects', async (_name, error) => {
  expect(await readFailed(error)).toBe('aborted');
});
