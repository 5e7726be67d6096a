import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RunEvent } from '@heddle/core';
import { startPostgres } from '@heddle/adapters/testing';
import { createEmbeddedStore, createPgvectorStore } from '@heddle/adapters/vectors';
import { labelOf } from '@heddle/core';
import { documentOf } from '@heddle/core/testing';
import { vector } from '@electric-sql/pglite-pgvector';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openLedger } from '../chaos/ledger.js';
import { startTestPostgres } from '../testing/test-postgres.mjs';
import { cleanUp, temporaryFolder } from './built-program.js';
import { greeting, pausing } from './documents.js';
import { twoEffects } from './durable-documents.js';
import { eventually } from './eventually.js';
import { smallDisk } from './full-disk.js';
import { heddle, type CommandResult } from './heddle-command.js';
import { makeOwner, requests, type Person } from './people.js';
import { durable, watchBySse } from './run-events.js';
import { refusal } from './testing/refusal.js';
import { begin, callJson, post, runOf, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(300_000);

const postgres = await startTestPostgres({ keeps: true });
const where = postgres === undefined ? 'skipped: no Postgres is installed (apt-get install postgresql)' : 'installed';
/** A server for collections. */
const vectors = postgres === undefined ? undefined : await startPostgres({ vector });
const ledger = await openLedger();
afterAll(async () => {
  await ledger.close();
  await cleanUp();
  await postgres?.close();
  await vectors?.close();
});
const suite = postgres === undefined ? describe.skip : describe;

/** Waits for a person. */
const approving = {
  heddle: 2,
  name: 'Approving',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Json' }] } },
    ask: { type: 'human-input', version: 1, config: { title: 'May it go out?' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'approved', type: 'Json' }] } },
  },
  edges: [
    { from: 'who.name', to: 'ask.value' },
    { from: 'ask.approve', to: 'reply.approved' },
  ],
};

async function eventsOf(server: ServerProcess, runId: string): Promise<readonly RunEvent[]> {
  const watcher = watchBySse(server, runId);
  await watcher.ended;
  return durable(watcher.events);
}

suite(`heddle move (${where})`, () => {
  const url = (database: string): string =>
    new URL(`/${database}`, postgres?.url ?? 'postgres://x').href.replace('//postgres@', '//postgres:canary@');
  const query = async (sql: string): Promise<string> => String(await postgres?.query(sql, 'moved'));
  const data = temporaryFolder();
  const target = url('moved');
  const fetches = { HEDDLE_FETCH_ALLOW: ledger.host };
  const onPostgres = { ...fetches, HEDDLE_DATABASE_URL: target, HEDDLE_LEASE_MS: '2000' };
  const toPostgres = (more: readonly string[] = [], failpoint?: string): Promise<CommandResult> =>
    heddle(['move', '--to', target, ...more], {
      data,
      environment: {
        HEDDLE_LEASE_MS: '2000',
        PGVECTOR_URL: vectors?.url ?? '',
        ...(failpoint === undefined ? {} : { HEDDLE_FAILPOINT: `${failpoint}:kill` }),
      },
    });
  const toFolder = (folder: string, more: readonly string[] = [], failpoint?: string): Promise<CommandResult> =>
    heddle(['move', '--to', folder, ...more], {
      data,
      environment: { ...onPostgres, ...(failpoint === undefined ? {} : { HEDDLE_FAILPOINT: `${failpoint}:kill` }) },
    });
  let owner: Person;
  /** Runs that were begun in the folder. */
  let ended: string | undefined;
  let asked: string | undefined;
  let waits: string | undefined;
  let killed: string | undefined;
  let published: string | undefined;
  let before: readonly RunEvent[] = [];
  const call = (server: ServerProcess): Promise<{ readonly runId: string }> =>
    requests(server, owner, 'POST', '/v1/workflows/greet', { name: 'Ada' }, { 'idempotency-key': 'once' });

  beforeAll(async () => {
    await postgres?.query('CREATE DATABASE moved');
    const server = await startServer({ data, environment: fetches });
    owner = await makeOwner(server);
    await requests(server, owner, 'POST', '/api/workflows', { document: greeting, slug: 'greet' });
    await requests(server, owner, 'POST', '/api/workflows/greet/publish', { acceptDataMap: true });
    await requests(server, owner, 'PUT', '/api/secrets/token', { value: 'a-long-secret', hosts: ['api.example.com'] });
    published = (await call(server)).runId;
    ended = await begin(server, greeting, { name: 'Zürich \u0000 🧵' });
    await untilStatus(server, ended);
    before = await eventsOf(server, ended);
    asked = await begin(server, approving, { name: 'Ada' });
    waits = await begin(server, pausing(600), { name: 'Bo' });
    await untilStatus(server, asked, ['suspended']);
    await untilStatus(server, waits, ['suspended']);
    const locked = await toPostgres();
    expect([locked.code, locked.stderr]).toEqual([1, expect.stringContaining('storage_locked')]);
    killed = await begin(server, twoEffects(ledger.address), { name: 'cy' });
    await eventually('first effect', () => ledger.entries.find(({ effect }) => effect === 'first'));
    await server.kill();
    const store = createEmbeddedStore({ file: join(data, 'collections.db') });
    const collection = await store.create({
      name: 'mine',
      embedding: 'tiny',
      dimensions: 8,
      label: labelOf('internal'),
      splitter: { kind: 'markdown', maxTokens: 200, overlapTokens: 20 },
    });
    await collection.put([documentOf('handbook', { title: 'Handbook' })]);
    await store.close();
  });

  it('refuses to lose collections', async () => {
    const { code, stderr } = await heddle(['move', '--to', target], { data });
    expect([code, stderr]).toEqual([1, expect.stringContaining('--leave-collections')]);
    expect(await query("SELECT count(*) FROM pg_tables WHERE schemaname = 'heddle'")).toBe('0');
  });

  it('reports with --check what it would do, and changes nothing', async () => {
    const check = await toPostgres(['--check', '--json']);
    expect([check.code, check.json()]).toEqual([0, expect.objectContaining({ stops: [] })]);
    expect(check.json()).toMatchObject({ from: data, collections: ['mine'], tables: { runs: 5, secrets: 1 } });
    expect(`${check.stdout}${check.stderr}`).not.toContain('canary');
    expect(await query("SELECT count(*) FROM pg_tables WHERE schemaname = 'heddle'")).toBe('0');
    expect(existsSync(join(data, 'move.json'))).toBe(false);
  });

  it('continues after kill -9 at every point, and no server starts on a side that must not', async () => {
    for (const point of ['move-batch', 'move-batch', 'move-batch', 'move-copied', 'move-copied']) {
      expect((await toPostgres([], point)).code).toBe(null);
      expect(await refusal(onPostgres, data)).toContain('move_unfinished');
      expect(existsSync(join(data, 'move.json'))).toBe(false);
    }
    expect((await toPostgres([], 'move-source-marked')).code).toBe(null);
    expect(await refusal(onPostgres, data)).toContain('move_unfinished');
    const refused = await refusal({}, data);
    expect(refused).toContain('storage_moved');
    expect(refused).toContain('/moved');
    const moved = await toPostgres(['--json']);
    expect([moved.code, moved.json()]).toEqual([
      0,
      expect.objectContaining({ from: data, secrets: 1, collections: ['mine'], wasDone: false }),
    ]);
    const store = createPgvectorStore({ url: vectors?.url ?? '', connections: 1 });
    expect((await store.list()).map(({ name, documents }) => [name, documents])).toEqual([['mine', 1]]);
    await store.close();
    const again = await toPostgres();
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('already')]);
    const said = [
      refused,
      moved.stdout,
      moved.stderr,
      again.stdout,
      readFileSync(join(data, 'move.json'), 'utf8'),
    ].join();
    expect(said).not.toContain('canary');
    expect(await refusal({}, data)).toContain('storage_moved');
    const backup = await heddle(['backup', join(temporaryFolder(), 'copy')], { data });
    expect([backup.code, backup.stderr]).toEqual([1, expect.stringContaining('storage_moved')]);
  });

  it('lets every run continue on Postgres', async () => {
    const server = await startServer({ data, environment: onPostgres });
    expect(await eventsOf(server, ended!)).toEqual(before);
    expect(await untilStatus(server, killed!)).toMatchObject({ status: 'done' });
    for (const effect of ['first', 'second'])
      expect(new Set(ledger.entries.filter((entry) => entry.effect === effect).map(({ key }) => key)).size).toBe(1);
    expect((await call(server)).runId).toBe(published);
    expect(await requests(server, owner, 'GET', '/api/secrets')).toMatchObject({ secrets: [{ name: 'token' }] });
    const { requests: open } = (await callJson(server, 'GET', `/api/human-inputs?run=${asked}`)) as {
      requests: { requestId: string }[];
    };
    const path = `/api/runs/${asked}/human-inputs/${open[0]?.requestId}`;
    expect((await post(server, path, { value: { choice: 'approve' } })).status).toBeLessThan(300);
    expect(await untilStatus(server, asked!)).toMatchObject({ status: 'done' });
    expect((await runOf(server, waits!)).status).toBe('suspended');
    await eventually('audit of the move', async () => {
      const { records } = await callJson(server, 'GET', '/api/audit?subject=database');
      return JSON.stringify(records).includes('moved') ? true : undefined;
    });
    expect(await callJson(server, 'GET', '/api/audit/verify')).not.toHaveProperty('bad');
    const locked = await toFolder(temporaryFolder());
    expect([locked.code, locked.stderr]).toEqual([1, expect.stringContaining('storage_locked')]);
    expect(await server.stop()).toBe(0);
  });

  it('moves everything back to a folder, despite kill -9 at every point', async () => {
    const folder = join(temporaryFolder(), 'new');
    const check = await toFolder(folder, ['--check', '--json']);
    expect([check.code, check.json()]).toEqual([0, expect.objectContaining({ stops: [] })]);
    for (const point of ['move-batch', 'move-batch', 'move-copied']) {
      expect((await toFolder(folder, [], point)).code).toBe(null);
      expect(await refusal({}, folder)).toContain('move_unfinished');
    }
    // Postgres is unchanged: a server starts there, and its new runs are moved too.
    const between = await startServer({ data, environment: onPostgres });
    const late = await begin(between, greeting, { name: 'late' });
    await untilStatus(between, late);
    expect(await between.stop()).toBe(0);
    expect((await toFolder(folder, [], 'move-source-marked')).code).toBe(null);
    expect(await refusal({}, folder)).toContain('move_unfinished');
    expect(await refusal(onPostgres, data)).toContain('storage_moved');
    const moved = await toFolder(folder, ['--json']);
    expect([moved.code, moved.json()]).toEqual([0, expect.objectContaining({ to: folder, wasDone: true })]);

    const server = await startServer({ data: folder, environment: fetches });
    expect(await eventsOf(server, ended!)).toEqual(before);
    expect((await runOf(server, late)).outputs).toEqual({ greeting: 'Hello late!' });
    expect((await runOf(server, asked!)).status).toBe('done');
    expect((await call(server)).runId).toBe(published);
    expect(await requests(server, owner, 'GET', '/api/secrets')).toMatchObject({ secrets: [{ name: 'token' }] });
    expect((await runOf(server, waits!)).status).toBe('suspended');
    expect((await post(server, `/api/runs/${waits}/cancel`, {})).status).toBe(202);
    expect((await untilStatus(server, waits!)).status).toBe('cancelled');
    expect(await callJson(server, 'GET', '/api/audit/verify')).not.toHaveProperty('bad');
    expect(await server.stop()).toBe(0);
    expect(readdirSync(folder)).not.toContain('move.json');
    expect(await refusal(onPostgres, data)).toContain('storage_moved');
  });

  it('reports a full disk, and continues once there is space', async () => {
    const disk = smallDisk(6);
    if (disk === undefined) return;
    try {
      // The state of the earlier moves is reset, and the rows need more space than the disk has.
      await query("UPDATE heddle.moves SET state = 'arrived'");
      await query(
        "INSERT INTO heddle.bundles SELECT 'big' || n, (SELECT string_agg(md5(random()::text || n || m), '') FROM generate_series(1, 20000) m) FROM generate_series(1, 12) n",
      );
      const folder = join(disk.folder, 'data');
      const full = await toFolder(folder);
      expect([full.code, full.stderr]).toEqual([1, expect.stringContaining('storage_full')]);
      expect(await refusal({}, folder)).toMatch(/move_unfinished|storage_full/);
      execFileSync('mount', ['-o', 'remount,size=96m', disk.folder]);
      const moved = await toFolder(folder, ['--json']);
      expect([moved.code, moved.json()]).toEqual([0, expect.objectContaining({ wasDone: false })]);
      const server = await startServer({ data: folder });
      expect(await eventsOf(server, ended!)).toEqual(before);
      expect(await server.stop()).toBe(0);
    } finally {
      disk.remove();
    }
  });

  it('refuses wrong arguments', async () => {
    const refused = async (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
      const { code, stderr } = await heddle(['move', ...args], { data: temporaryFolder(), environment });
      expect(stderr).not.toContain('canary');
      return [code, /\((\w+)\)/.exec(stderr)?.[1]];
    };
    expect(await refused([])).toEqual([2, 'usage']);
    expect(await refused(['--to', '/somewhere'])).toEqual([2, 'usage']);
    expect(await refused(['--to', target], onPostgres)).toEqual([2, 'usage']);
    expect(await refused(['--to', target])).toEqual([1, 'file_not_found']);
    expect(await refused(['--to', 'mysql://me:canary@127.0.0.1/x'])).toEqual([2, 'usage']);
  });
});
