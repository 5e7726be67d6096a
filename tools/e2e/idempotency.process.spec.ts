import { afterAll, expect, it, jest } from '@jest/globals';
import type { PublishedReply, RunSummary } from '@heddle/core';
import { openLedger } from '../chaos/ledger.js';
import { cleanUp, temporaryFolder } from './built-program.js';
import { twoEffects } from './durable-documents.js';
import { eventually } from './eventually.js';
import { post, send, type RawReply } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(180_000);
const ledger = await openLedger();
afterAll(async () => {
  await ledger.close();
  await cleanUp();
});

const keys = Array.from({ length: 25 }, (_, index) => `order-${index}`);
const postsOfKey = 40;
/** How many keys have begun their effects when the server is killed. */
const kills = [4, 12, 20];
const callers = 40;

/** The posts of all keys, in an order in which at any moment some keys are new, some at work and some long answered. */
const posts = keys
  .flatMap((key, index) => Array.from({ length: postsOfKey }, (_, nth) => ({ key, at: 2 * index + nth })))
  .sort((one, other) => one.at - other.at)
  .map(({ key }) => key);

async function publish(server: ServerProcess): Promise<void> {
  const made = await post(server, '/api/workflows', { document: twoEffects(ledger.address), slug: 'orders' });
  expect(made.status).toBe(201);
  const { dataMapHash } = JSON.parse((await post(server, '/api/workflows/orders/publish/check', {})).text) as {
    dataMapHash: string;
  };
  const done = await post(server, '/api/workflows/orders/publish', { acceptDataMap: dataMapHash });
  expect(done.status).toBe(201);
}

const order = (server: ServerProcess, key: string, name = key): Promise<RawReply> =>
  send(server, '/v1/workflows/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ name }),
  });

it('makes one run and one effect for each key from 1,000 duplicate posts, although the server is killed repeatedly', async () => {
  const start = () =>
    startServer({ data, environment: { HEDDLE_FETCH_ALLOW: ledger.host, HEDDLE_RATE_PER_MINUTE: '1000000' } });
  const data = temporaryFolder();
  let serving = start();
  await publish(await serving);

  const replies = new Map<string, RawReply[]>(keys.map((key) => [key, []]));
  const waiting = [...posts];
  let unanswered = 0;
  const call = async (): Promise<void> => {
    for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
      const server = await serving;
      try {
        replies.get(key)?.push(await order(server, key));
      } catch {
        // The reply never came, so the outcome is unknown and the caller repeats the request at the next server.
        unanswered += 1;
        waiting.unshift(key);
      }
    }
  };
  const begun = () => new Set(ledger.entries.map(({ tag }) => tag)).size;
  const killing = async (): Promise<void> => {
    for (const after of kills) {
      await eventually(`effect of ${after} keys`, () => (begun() >= after ? true : undefined));
      const server = await serving;
      // Callers that meet the dead server already find the promise of the next one.
      serving = server.kill().then(start);
      await serving;
    }
  };
  await Promise.all([killing(), ...Array.from({ length: callers }, call)]);
  expect(unanswered).toBeGreaterThan(0);

  const server = await serving;
  const { runs } = JSON.parse((await send(server, '/api/runs?limit=200')).text) as { runs: RunSummary[] };
  const effects = new Set<string | undefined>();
  for (const key of keys) {
    const answered = replies.get(key) ?? [];
    expect([key, answered.length, [...new Set(answered.map(({ status }) => status))]]).toEqual([
      key,
      postsOfKey,
      [200],
    ]);
    const [text = '', ...others] = new Set(answered.map((reply) => reply.text));
    expect([key, others]).toEqual([key, []]);
    const reply = JSON.parse(text) as PublishedReply;
    expect(reply).toMatchObject({ status: 'done', outputs: { first: 200, second: 200 } });
    expect(runs.filter(({ runId }) => runId === reply.runId)).toHaveLength(1);
    for (const step of ['first', 'second']) {
      const sent = ledger.entries.filter(({ tag, effect }) => tag === key && effect === step);
      const distinct = new Set(sent.map((entry) => entry.key));
      expect([key, step, [...distinct]]).toEqual([key, step, [expect.stringMatching(/^heddle-/)]]);
      for (const name of distinct) effects.add(name);
    }
  }
  expect(runs).toHaveLength(keys.length);
  expect(effects.size).toBe(2 * keys.length);

  for (const key of keys) {
    const other = await order(server, key, 'something-else');
    expect([other.status, (JSON.parse(other.text) as { code: string }).code]).toEqual([409, 'idempotency_conflict']);
  }
  expect(ledger.entries.some(({ tag }) => tag === 'something-else')).toBe(false);
  expect(await server.stop()).toBe(0);
});
