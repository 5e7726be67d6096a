import { afterEach } from '@jest/globals';
import { startTestServer, type TestServer } from './test-server.js';

/**
 * Returns a function that starts servers in tests of a spec file. Each server is closed after its test, even if the test fails. Call it
 * inside `describe`.
 *
 * @example const startServer = serversOfTests();
 */
export function serversOfTests(): typeof startTestServer {
  const open: TestServer[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });
  return async (options) => {
    const server = await startTestServer(options);
    open.push(server);
    return server;
  };
}
