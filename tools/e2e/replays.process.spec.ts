import { afterAll, expect, it, jest } from '@jest/globals';
import type { ReplayReply, ReplayRow, RunSummary } from '@heddle/core';
import { openLedger } from '../chaos/ledger.js';
import { cleanUp, temporaryFolder } from './built-program.js';
import { eventually } from './eventually.js';
import { done, oneEffect, publish } from './published-documents.js';
import { post, send } from './server-calls.js';
import { startServer } from './start-server.js';

jest.setTimeout(180_000);
const ledger = await openLedger();
afterAll(async () => {
  await ledger.close();
  await cleanUp();
});

const count = 60;
/** The request is the same, so the replay serves it. The work before it gives a kill time to interrupt the replay. */
const changed = () => {
  const before = oneEffect(ledger.address, 0);
  const code = 'let sum = 0; for (let i = 0; i < 400000; i += 1) sum += i; return input.value;';
  return {
    ...before,
    nodes: {
      ...before.nodes,
      busy: { type: 'code', version: 1, config: { code } },
      effect: { ...before.nodes.effect, config: { ...before.nodes.effect.config, timeoutMs: 20_000 } },
    },
    edges: [
      { from: 'who.name', to: 'busy.value' },
      { from: 'busy.result', to: 'effect.name' },
      { from: 'effect.status', to: 'reply.status' },
    ],
  };
};

it('a killed replay continues as a replay: every row once, and no request is sent', async () => {
  const data = temporaryFolder();
  const start = () => startServer({ data, environment: { HEDDLE_FETCH_ALLOW: ledger.host } });
  let server = await start();
  await publish(server, 'orders', oneEffect(ledger.address, 0));
  for (let number = 0; number < count; number += 1)
    await done(post(server, '/api/workflows/orders/runs?wait=1', { inputs: { name: `order-${number}` } }));
  const sent = ledger.entries.length;
  expect(sent).toBe(count);
  const headers = { 'content-type': 'application/json', 'if-match': '*' };
  const body = JSON.stringify({ document: changed() });
  await done(send(server, '/api/workflows/orders', { method: 'PUT', headers, body }));
  const { id } = await done<ReplayReply>(post(server, '/api/replays', { workflow: 'orders', concurrency: 2 }));
  const read = (): Promise<ReplayReply> => done<ReplayReply>(send(server, `/api/replays/${id}`));
  let kills = 0;
  for (const share of [0.15, 0.4, 0.7]) {
    const { state } = await eventually('progress', async () => {
      const replay = await read();
      const ended = count - replay.rows.waiting - replay.rows.running;
      return replay.state !== 'running' || ended >= share * count ? replay : undefined;
    });
    if (state !== 'running') break;
    await server.kill();
    server = await start();
    kills += 1;
  }
  expect(kills).toBeGreaterThan(0);
  const replay = await eventually('end', async () => {
    const found = await read();
    return found.state === 'done' ? found : undefined;
  });
  expect(replay).toMatchObject({
    rows: { total: count, same: count },
    effects: { sent: 0, wouldCall: 0 },
    problems: [],
  });
  const { rows } = await done<{ rows: ReplayRow[] }>(send(server, `/api/replays/${id}/rows?limit=1000`));
  expect(new Set(rows.map(({ run }) => run)).size).toBe(count);
  const { runs } = await done<{ runs: RunSummary[] }>(send(server, '/api/runs?limit=1000&trigger=replay'));
  expect(runs.map(({ runId }) => runId).sort()).toEqual(rows.map(({ run }) => run).sort());
  expect(runs.every(({ replayOf }) => replayOf !== undefined)).toBe(true);
  expect(ledger.entries).toHaveLength(sent);
  await server.kill();
});
