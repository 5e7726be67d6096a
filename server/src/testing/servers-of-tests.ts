import { afterEach } from '@jest/globals';
import { startTestServer, type TestServer } from './test-server.js';

/**
 * Starts servers inside tests of a spec file: each is closed after its test, also where that fails. Call it where the tests are described.
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
