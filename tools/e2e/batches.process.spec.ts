import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { BatchCounts, BatchReply, BatchRow, RunSummary } from '@heddle/core';
import { openLedger, type LedgerEntry } from '../chaos/ledger.js';
import { cleanUp, temporaryFolder } from './built-program.js';
import { greeting } from './documents.js';
import { eventually } from './eventually.js';
import { done, oneEffect, publish } from './published-documents.js';
import { begin, post, send, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(180_000);
const ledger = await openLedger();
afterAll(async () => {
  await ledger.close();
  await cleanUp();
});

const batches = '/api/workflows/orders/batches';
const get = <T = BatchReply>(server: ServerProcess, path: string): Promise<T> =>
  done<T>(send(server, `${batches}/${path}`));
const change = (server: ServerProcess, id: string, what: string): Promise<BatchReply> =>
  done<BatchReply>(post(server, `${batches}/${id}/${what}`, {}));
const sum = ({ waiting, running, done: ended, failed, cancelled }: BatchCounts): number =>
  waiting + running + ended + failed + cancelled;
const effectsOf = (name: string): readonly LedgerEntry[] => ledger.entries.filter(({ tag }) => tag === name);

/** A server with `orders` published, which can be killed and started again. */
async function open() {
  const data = temporaryFolder();
  const start = () => startServer({ data, environment: { HEDDLE_FETCH_ALLOW: ledger.host } });
  let server = await start();
  await publish(server, 'orders', oneEffect(ledger.address));
  return {
    now: () => server,
    killAndStart: async (): Promise<ServerProcess> => {
      await server.kill();
      server = await start();
      return server;
    },
    begin: async (prefix: string, count: number, concurrency: number) => {
      const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
      const rows = names.map((name) => ({ name }));
      const { id } = await done<BatchReply>(post(server, batches, { rows, concurrency }));
      return { id, names };
    },
  };
}

/** Asserts that every row has its own successful run, with one effect under one key. */
async function checkEveryRow(server: ServerProcess, id: string, names: readonly string[]): Promise<void> {
  const { rows } = await get<{ rows: BatchRow[] }>(server, `${id}/rows?limit=1000`);
  expect(rows.map(({ inputs, status, attempt }) => [inputs.name, status, attempt])).toEqual(
    names.map((name) => [name, 'done', 1]),
  );
  expect(new Set(rows.map(({ runId }) => runId)).size).toBe(names.length);
  const { runs } = await done<{ runs: RunSummary[] }>(send(server, '/api/runs?limit=200'));
  const ofBatch = runs.filter(({ caller }) => caller?.channel === 'batch').map(({ runId }) => runId);
  expect(ofBatch.sort()).toEqual(rows.map(({ runId }) => runId).sort());
  for (const name of names)
    expect([name, [...new Set(effectsOf(name).map(({ key }) => key))]]).toEqual([
      name,
      [expect.stringMatching(/^heddle-/)],
    ]);
}

describe('a batch on a server that is killed', () => {
  it('loses no row, runs no row twice, and reports its progress after each restart', async () => {
    const { now, killAndStart, begin: beginBatch } = await open();
    const { id, names } = await beginBatch('row', 120, 6);
    for (const after of [10, 40, 75]) {
      await eventually(`effect of ${after} rows`, () =>
        new Set(ledger.entries.map(({ tag }) => tag)).size >= after ? true : undefined,
      );
      const before = await get(now(), id);
      const batch = await get(await killAndStart(), id);
      expect(sum(batch.rows)).toBe(names.length);
      expect(batch.rows.done).toBeGreaterThanOrEqual(before.rows.done);
      expect(batch.rows).toMatchObject({ failed: 0, cancelled: 0 });
      expect(['running', 'done']).toContain(batch.status);
    }
    const ended = await eventually('end of the batch', async () => {
      const batch = await get(now(), id);
      return batch.status === 'done' ? batch : undefined;
    });
    expect(ended.rows).toMatchObject({ done: names.length, waiting: 0, running: 0, failed: 0 });
    await checkEveryRow(now(), id, names);
    expect(await now().stop()).toBe(0);
  });

  it('stays paused, ends the running rows, and continues when it is resumed', async () => {
    const { now, killAndStart, begin: beginBatch } = await open();
    const { id, names } = await beginBatch('paused', 40, 4);
    await eventually('row that ended', async () => ((await get(now(), id)).rows.done > 3 ? true : undefined));
    const paused = await change(now(), id, 'pause');
    expect(paused.status).toBe('paused');
    const server = await killAndStart();
    const { rows: left } = await get(server, id);
    expect(left.waiting).toBe(paused.rows.waiting);
    const rested = await eventually('end of what ran', async () => {
      const batch = await get(server, id);
      return batch.rows.running === 0 ? batch : undefined;
    });
    // Another run completes meanwhile, so the batch had time to start rows.
    await untilStatus(server, await begin(server, greeting, { name: 'Ada' }));
    expect(await get(server, id)).toEqual(rested);
    expect(rested).toMatchObject({ status: 'paused', rows: { waiting: left.waiting } });
    expect(names.filter((name) => effectsOf(name).length === 0)).toHaveLength(rested.rows.waiting);
    await change(server, id, 'resume');
    await eventually('end of the batch', async () => ((await get(server, id)).status === 'done' ? true : undefined));
    await checkEveryRow(server, id, names);
    expect(await server.stop()).toBe(0);
  });

  it('stays cancelled, and ends the running rows as cancelled', async () => {
    const { now, killAndStart, begin: beginBatch } = await open();
    const { id, names } = await beginBatch('cancelled', 40, 4);
    await eventually('row that ended', async () => ((await get(now(), id)).rows.done > 3 ? true : undefined));
    await change(now(), id, 'cancel');
    const server = await killAndStart();
    const ended = await eventually('end of what ran', async () => {
      const batch = await get(server, id);
      return batch.rows.running === 0 ? batch : undefined;
    });
    expect(ended.status).toBe('cancelled');
    expect(ended.rows).toMatchObject({ waiting: 0, failed: 0 });
    expect(ended.rows.done + ended.rows.cancelled).toBe(names.length);
    expect(ended.rows.cancelled).toBeGreaterThan(0);
    expect(await server.stop()).toBe(0);
  });
});
