import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../../testing/test-server.js';

describe('the packages of clients', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ settings: { HEDDLE_SIGN_IN: 'required' } });
  });
  afterAll(() => server.close());

  it('can be had without a key', async () => {
    const reply = await fetch(`${server.address}/clients/heddle-client.tgz`);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/gzip']);
    expect([...new Uint8Array(await reply.arrayBuffer()).slice(0, 2)]).toEqual([0x1f, 0x8b]);
  });

  it.each(['package.json', '..%2f..%2fpackage.json', '.new', 'heddle-client.tgz%00'])('is all: no %s', async (name) => {
    const { status, body } = await server.call('GET', `/clients/${name}`);
    expect([status, body.error.code]).toEqual([404, 'not_found']);
  });
});
