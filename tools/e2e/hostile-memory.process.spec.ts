import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostileText } from '../chaos/cases/hostile-texts.js';
import { fetching } from '../chaos/cases/values.js';
import { createRandom } from '../chaos/random.js';
import { cleanUp } from './built-program.js';
import { begin, untilStatus } from './server-calls.js';
import { startServer } from './start-server.js';

jest.setTimeout(300_000);
afterAll(cleanUp);

const isLinux = process.platform === 'linux';
const megabytesOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

describe('values that are too large', () => {
  (isLinux ? it : it.skip)('do not stay in memory', async () => {
    const random = createRandom(1, 1);
    let text = '';
    const outside = createServer((_request, reply) => {
      reply.setHeader('content-type', 'application/json');
      reply.end(text);
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(outside.address() as AddressInfo).port}`;
    const server = await startServer({ environment: { HEDDLE_FETCH_ALLOW: host } });
    const meet = async (): Promise<number> => {
      for (let index = 0; index < 15; index += 1) {
        text = hostileText(random).text();
        const runId = await begin(server, fetching, { url: `http://${host}/` });
        await untilStatus(server, runId);
      }
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      return megabytesOf(server.pid);
    };
    try {
      // All that is kept for later use is allocated in the first rounds.
      const before = Math.max(await meet(), await meet());
      const after = Math.min(await meet(), await meet());
      // Each value is up to 20 MB, so 30 kept values would be visible.
      expect(after).toBeLessThan(before + 60);
    } finally {
      await server.kill();
      outside.closeAllConnections();
      outside.close();
    }
  });
});
