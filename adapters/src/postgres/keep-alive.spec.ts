import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startPostgres, type InnerPostgres } from '../testing/inner-postgres.js';
import { startTcpProxy, type TcpProxy } from '../testing/network/tcp-proxy.js';
import { runChild } from '../testing/run-child.js';

const waitChild = new URL('./__fixtures__/wait-child.js', import.meta.url);
let postgres: InnerPostgres;
let proxy: TcpProxy;

beforeAll(async () => {
  postgres = await startPostgres();
  proxy = await startTcpProxy(postgres.port);
}, 120_000);
afterAll(async () => {
  await proxy?.close();
  await postgres?.close();
});

it('a process that only waits for its database stays alive, and continues', async () => {
  // After the cut, the process has no connection.
  const cut = proxy.failNext('-answer', 'cut the request').then(() => proxy.refuse());
  let waits = 0;
  const end = await runChild(waitChild, [`postgres://me@127.0.0.1:${proxy.port}/postgres`], {
    onLine: (line) => {
      if (line === 'waits') waits += 1;
      if (waits === 3) proxy.accept();
    },
  });
  await cut;
  expect(end).toMatchObject({ code: 0, lines: expect.arrayContaining(['waits', 'heddle-answer']) });
}, 120_000);
