import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../../testing/test-server.js';

describe('the packages of clients', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ settings: { HEDDLE_SIGN_IN: 'required' } });
  });
  afterAll(() => server.close());

  it.each([
    ['heddle-client.tgz', 'application/gzip', '1f8b'],
    ['heddle-react.tgz', 'application/gzip', '1f8b'],
    ['heddle_client-0.1.0-py3-none-any.whl', 'application/zip', '504b'],
  ])('are served without a key: %s', async (name, type, magic) => {
    const reply = await fetch(`${server.address}/clients/${name}`);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, type]);
    expect(Buffer.from(await reply.arrayBuffer()).toString('hex', 0, 2)).toBe(magic);
  });

  it.each(['package.json', '..%2f..%2fpackage.json', '.new', 'heddle-client.tgz%00'])(
    'are the only files served: no %s',
    async (name) => {
      const { status, body } = await server.call('GET', `/clients/${name}`);
      expect([status, body.error.code]).toEqual([404, 'not_found']);
    },
  );
});
