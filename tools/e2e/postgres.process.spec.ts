import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLedger } from '../chaos/ledger.js';
import { startTestPostgres } from '../testing/test-postgres.mjs';
import { cleanUp, root, temporaryFolder } from './built-program.js';
import { busy, greeting, pausing } from './documents.js';
import { twoEffects } from './durable-documents.js';
import { eventually } from './eventually.js';
import { heddle } from './heddle-command.js';
import { makeOwner, requests } from './people.js';
import { durable, watchBySse } from './run-events.js';
import { refusal } from './testing/refusal.js';
import { runsContract } from './testing/runs-contract.js';
import { begin, callJson, post, runOf, send, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(300_000);

const postgres = await startTestPostgres({ keeps: true });
const where = postgres === undefined ? 'skipped: no Postgres is installed (apt-get install postgresql)' : 'installed';
const ledger = await openLedger();
afterAll(async () => {
  await ledger.close();
  await cleanUp();
  await postgres?.close();
});

/** The packages that a server has loaded until it listens. */
async function packagesOf(
  environment: Readonly<Record<string, string>>,
  data = temporaryFolder(),
): Promise<ReadonlySet<string>> {
  const file = join(temporaryFolder(), 'modules');
  writeFileSync(file, '');
  const hook = new URL(`file://${join(root, 'tools', 'e2e', 'log-modules.mjs')}`).href;
  const server = await startServer({
    data,
    environment: { ...environment, MODULES_LOG: file, NODE_OPTIONS: `--import ${hook}` },
  });
  expect(await server.stop()).toBe(0);
  const packages = readFileSync(file, 'utf8').matchAll(/.*\/node_modules\/((?:@[^/]+\/)?[^/\n]+)/g);
  return new Set([...packages].map(([, name = '']) => name));
}

const ofServers = ['pg', 'ioredis', 'bullmq', '@aws-sdk/client-s3', 'rate-limiter-flexible'];

describe('a server on its data folder', () => {
  it('loads no packages for Postgres, Redis, queues or buckets', async () => {
    const packages = await packagesOf({});
    expect(packages).toContain('better-sqlite3');
    expect(ofServers.filter((name) => packages.has(name))).toEqual([]);
  });
});

const suite = postgres === undefined ? describe.skip : describe;

suite(`on Postgres (${where})`, () => {
  let databases = 0;
  runsContract(' with Postgres', async () => {
    const name = `runs_${(databases += 1)}`;
    await postgres?.query(`CREATE DATABASE ${name}`);
    return { HEDDLE_DATABASE_URL: new URL(`/${name}`, postgres?.url).href };
  });
});

suite(`a server on Postgres (${where})`, () => {
  const data = temporaryFolder();
  const url = (database: string) => new URL(`/${database}`, postgres?.url).href;
  const environment = { HEDDLE_DATABASE_URL: url('heddle'), HEDDLE_FETCH_ALLOW: ledger.host, HEDDLE_LEASE_MS: '2000' };
  const query = async (sql: string): Promise<string> => String(await postgres?.query(sql, 'heddle'));
  beforeAll(async () => {
    await postgres?.query('CREATE DATABASE heddle');
  }, 60_000);

  it('loads the client of Postgres, and of no other server', async () => {
    const packages = await packagesOf(environment, data);
    expect(ofServers.filter((name) => packages.has(name))).toEqual(['pg']);
  });

  it('signs up, publishes, streams a run, and ends the run once after kill -9 in the middle', async () => {
    const first = await startServer({ data, environment });
    const owner = await makeOwner(first);
    const document = twoEffects(ledger.address);
    const made = await requests<{ id: string }>(first, owner, 'POST', '/api/workflows', { document, slug: 'two' });
    await requests(first, owner, 'POST', '/api/workflows/two/publish', { acceptDataMap: true });
    const runId = await begin(first, document, { name: 'ada' });
    const live = watchBySse(first, runId);
    // The kill ends the stream with an error.
    live.ended.catch(() => undefined);
    await eventually('first effect', () => ledger.entries.find(({ effect }) => effect === 'first'));
    await eventually('start that is seen', () => live.events.find(({ type }) => type === 'node-start'));
    await first.kill();
    const before = durable(live.events);
    expect(before.map(({ type }) => type)).toContain('node-start');

    const second = await startServer({ data, environment });
    expect(await untilStatus(second, runId, undefined, 120_000)).toMatchObject({ status: 'done' });
    const watcher = watchBySse(second, runId);
    await watcher.ended;
    const events = durable(watcher.events);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.slice(0, before.length)).toEqual(before);
    expect(events.filter(({ type }) => type === 'run-end')).toHaveLength(1);
    // A step that was under way at the kill is sent again under its key; one whose result is stored is not.
    for (const effect of ['first', 'second'])
      expect(new Set(ledger.entries.filter((entry) => entry.effect === effect).map(({ key }) => key)).size).toBe(1);

    // Everything that was stored is there, and this machine has no database file.
    expect(await requests(second, owner, 'GET', `/api/workflows/${made.id}`)).toMatchObject({ slug: 'two' });
    expect(readdirSync(data).filter((name) => name.endsWith('.db'))).toEqual([]);
    await eventually('audit of the end', async () => {
      const { records } = await callJson(second, 'GET', `/api/audit?subject=run:${runId}`);
      return JSON.stringify(records).includes('"ended"') ? true : undefined;
    });
    expect(await callJson(second, 'GET', '/api/audit/verify')).not.toHaveProperty('bad');
    expect(await second.stop()).toBe(0);
  });

  it('wakes and cancels runs, and stops in order with runs that wait', async () => {
    const server = await startServer({ data, environment });
    const slept = await begin(server, pausing(1), { name: 'Ada' });
    const waits = await begin(server, pausing(600), { name: 'Bo' });
    expect(await untilStatus(server, slept)).toMatchObject({ status: 'done', outputs: { text: 'Before Ada, after' } });
    await untilStatus(server, waits, ['suspended']);
    const left = await begin(server, pausing(600), { name: 'Cy' });
    await untilStatus(server, left, ['suspended']);
    await callJson(server, 'POST', `/api/runs/${waits}/cancel`, {});
    expect((await runOf(server, waits)).status).toBe('cancelled');
    expect(await server.stop()).toBe(0);
    expect(await query(`SELECT status, owner FROM heddle.runs WHERE id = '${left}'`)).toContain('suspended');
  });

  it('reports in health that the database is away, and continues when it is back', async () => {
    const server = await startServer({ data, environment });
    const runId = await begin(server, pausing(3), { name: 'Ada' });
    await untilStatus(server, runId, ['suspended']);
    await postgres?.stop();
    try {
      const storage = await eventually('fault', async () => {
        const health = await callJson(server, 'GET', '/api/health');
        return health['status'] === 'degraded' ? health['storage'] : undefined;
      });
      // The caller cannot be identified now, so the message of the fault is not shown.
      expect(storage).toEqual({ status: 'fault' });
      const refused = await post(server, '/api/runs', { document: pausing(1), inputs: { name: 'Bo' } });
      expect([refused.status, refused.text]).toEqual([503, expect.stringContaining('database_unreachable')]);
    } finally {
      postgres?.start();
    }
    await eventually('health', async () =>
      (await callJson(server, 'GET', '/api/health'))['status'] === 'ok' ? true : undefined,
    );
    expect(await untilStatus(server, runId)).toMatchObject({ status: 'done' });
    expect(await server.stop()).toBe(0);
  });

  it('executes many runs at once within its limit of connections', async () => {
    await postgres?.query('CREATE DATABASE few');
    const few = { ...environment, HEDDLE_DATABASE_URL: url('few'), HEDDLE_DATABASE_CONNECTIONS: '4' };
    const server = await startServer({ environment: few });
    const runs = await Promise.all(
      Array.from({ length: 40 }, (_, number) => begin(server, pausing(1), { name: `n${number}` })),
    );
    const connections = Number(await query("SELECT count(*) FROM pg_stat_activity WHERE datname = 'few'"));
    expect(connections).toBeGreaterThan(0);
    expect(connections).toBeLessThanOrEqual(4);
    for (const runId of runs) expect(await untilStatus(server, runId)).toMatchObject({ status: 'done' });
    expect(await server.stop()).toBe(0);
  });

  it('leaves backups to the server of the database', async () => {
    const backup = await heddle(['backup', join(temporaryFolder(), 'copy')], { data, environment });
    expect([backup.code, backup.stderr]).toEqual([expect.any(Number), expect.stringContaining('pg_dump')]);
  });

  it('shares runs between two processes: the other one sees, cancels and takes over a run', async () => {
    const first = await startServer({ data, environment });
    const key = { HEDDLE_KEY_FILE: join(data, 'secret.key') };
    const second = await startServer({ environment: { ...environment, ...key } });
    const taken = await begin(first, pausing(4), { name: 'Ada' });
    const wanted = await begin(first, busy(50_000), { name: 'Bo' });
    // Both have slots: each run begins where it was accepted, and the other process sees it.
    const live = watchBySse(second, taken);
    await untilStatus(second, wanted, ['running']);
    expect((await post(second, `/api/runs/${wanted}/cancel`, {})).status).toBe(202);
    expect((await untilStatus(first, wanted)).status).toBe('cancelled');
    expect((await runOf(second, wanted)).status).toBe('cancelled');
    // A run that works ends in the other process after the first one is killed.
    const working = await begin(first, busy(2_000), { name: 'Cy' });
    await untilStatus(second, working, ['running']);
    await first.kill();
    expect(await untilStatus(second, working)).toMatchObject({ status: 'done' });
    expect(await untilStatus(second, taken)).toMatchObject({ status: 'done' });
    await live.ended;
    const seen = durable(live.events);
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
    expect(seen.at(-1)).toMatchObject({ type: 'run-end', status: 'done' });
    expect(await second.stop()).toBe(0);
  });

  describe('refuses to start', () => {
    const at = (address: string) => refusal({ HEDDLE_DATABASE_URL: address });
    it.each([
      ['with an address that is not a database', () => at('mysql://me:canary@127.0.0.1/x'), 'setting_invalid'],
      ['with an address that does not answer', () => at('postgres://me:canary@127.0.0.1:1/x'), 'database_unreachable'],
      [
        'with a database that does not exist',
        () => at(url('nothing').replace('//postgres@', '//postgres:canary@')),
        'database_refused',
      ],
      [
        'without a file that a setting names',
        () => refusal({ HEDDLE_DATABASE_URL_FILE: '/nowhere' }),
        'setting_invalid',
      ],
    ])('%s', async (_, start, code) => {
      const said = await start();
      expect(said).toContain(code);
      expect(said).not.toContain('canary');
    });

    it('on a server that can lose acknowledged data', async () => {
      const loses = process.env['HEDDLE_TEST_POSTGRES'];
      if (loses === undefined)
        throw new Error('The test run has a server without fsync wherever Postgres is installed.');
      expect(await at(loses)).toMatch(/database_unsuitable|fsync/);
    });

    it('with another key than the one of the database', async () => {
      const other = temporaryFolder();
      expect(await refusal(environment, other)).toContain('secret_unreadable');
      copyFileSync(join(data, 'secret.key'), join(other, 'mounted.key'));
      const server = await startServer({
        data: other,
        environment: { ...environment, HEDDLE_KEY_FILE: join(other, 'mounted.key') },
      });
      expect(await server.stop()).toBe(0);
    });

    it('on a database of a newer or an older program', async () => {
      const [current, reader, writer] = (
        await query('SELECT current, min_reader, min_writer FROM heddle.schema_version')
      ).split('|');
      await query('UPDATE heddle.schema_version SET current = 9999, min_reader = 9999, min_writer = 9999');
      expect(await refusal(environment, data)).toContain('database_newer');
      await query(
        `UPDATE heddle.schema_version SET current = ${current}, min_reader = ${reader}, min_writer = ${writer}`,
      );
      const file = join(temporaryFolder(), 'address');
      writeFileSync(file, `${url('postgres')}\n`);
      expect(await refusal({ HEDDLE_DATABASE_URL_FILE: file, HEDDLE_DATABASE_MIGRATE: 'false' })).toContain(
        'database_outdated',
      );
      const migrated = await heddle(['migrate', '--json'], { data, environment: { HEDDLE_DATABASE_URL_FILE: file } });
      expect([migrated.code, migrated.json()]).toEqual([0, { version: Number(current) }]);
      expect(await refusal({ HEDDLE_DATABASE_URL_FILE: file, HEDDLE_DATABASE_MIGRATE: 'false' })).toBe('started');
    });
  });
});

suite(`removal on Postgres (${where})`, () => {
  const data = temporaryFolder();
  const environment = {
    HEDDLE_DATABASE_URL: new URL('/removals', postgres?.url).href,
    HEDDLE_LEASE_MS: '2000',
    HEDDLE_SWEEP_MINUTES: '0.01',
    HEDDLE_KEEP_FILES_DAYS: '1',
  };
  const shared = { ...environment, HEDDLE_KEY_FILE: join(data, 'secret.key') };
  const query = async (sql: string): Promise<string> => String(await postgres?.query(sql, 'removals')).trim();
  const count = async (what: string): Promise<number> => Number(await query(`SELECT count(*) FROM heddle.${what}`));
  /** The tables that contain a text. */
  const tablesWith = async (text: string): Promise<readonly string[]> =>
    (
      await query(`SELECT tablename FROM pg_tables WHERE schemaname = 'heddle' AND query_to_xml(
        format('SELECT 1 FROM heddle.%I AS t WHERE t::text LIKE %L LIMIT 1', tablename, '%${text}%'), false, true, '')::text <> ''`)
    )
      .split('\n')
      .filter((name) => name !== '');
  const isWhole = async (server: ServerProcess): Promise<unknown> =>
    (await callJson(server, 'GET', '/api/audit/verify'))['isWhole'];
  beforeAll(async () => {
    await postgres?.query('CREATE DATABASE removals');
  }, 60_000);

  it('deletes a run with all its data at once', async () => {
    const server = await startServer({ data, environment });
    const stays = await begin(server, greeting, { name: 'planted-of-zoe' });
    const goes = await begin(server, greeting, { name: 'planted-of-ann' });
    const waits = await begin(server, pausing(600), { name: 'Bo' });
    for (const runId of [stays, goes]) await untilStatus(server, runId);
    await untilStatus(server, waits, ['suspended']);
    expect((await send(server, `/api/runs/${waits}`, { method: 'DELETE' })).text).toContain('run_unfinished');
    expect((await send(server, `/api/runs/${goes}`, { method: 'DELETE' })).status).toBe(204);
    expect((await send(server, `/api/runs/${goes}`)).status).toBe(404);
    expect([await tablesWith('planted-of-ann'), await tablesWith('planted-of-zoe')]).toEqual([
      [],
      expect.arrayContaining(['runs', 'records']),
    ]);
    await callJson(server, 'POST', `/api/runs/${waits}/cancel`, {});
    expect(await isWhole(server)).toBe(true);
    expect(await server.stop()).toBe(0);
  });

  it('forgets a person, even while their run works in another process', async () => {
    const server = await startServer({ data, environment: { ...environment, HEDDLE_ROLE: 'api' } });
    const worker = await startServer({ environment: { ...shared, HEDDLE_ROLE: 'worker' } });
    for (const [slug, document] of [
      ['greet', greeting],
      ['pause', pausing(600)],
      ['work', busy(600_000)],
    ] as const) {
      await callJson(server, 'POST', '/api/workflows', { document, slug });
      await callJson(server, 'POST', `/api/workflows/${slug}/publish`, { acceptDataMap: true });
    }
    const scopes = { permissions: ['run:published', 'speak-for-users'] };
    const { secret } = await callJson(server, 'POST', '/api/keys', { name: 'An app', scopes });
    const runAs = async (user: string, slug: string): Promise<string> => {
      const { status, text } = await send(server, `/v1/workflows/${slug}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${String(secret)}`,
          'content-type': 'application/json',
          'heddle-end-user': user,
          prefer: 'respond-async',
        },
        body: JSON.stringify({ name: `erased-of-${user}` }),
      });
      expect([status, text]).toEqual([202, expect.stringContaining('runId')]);
      return (JSON.parse(text) as { readonly runId: string }).runId;
    };
    await untilStatus(server, await runAs('ann', 'greet'));
    const others = await runAs('eve', 'pause');
    await untilStatus(server, await runAs('ann', 'pause'), ['suspended']);
    await untilStatus(server, await runAs('ann', 'work'), ['running']);
    expect(await tablesWith('erased-of-ann')).toEqual(expect.arrayContaining(['runs', 'records']));
    const forgotten = await callJson(server, 'POST', '/api/people/forget', { subject: 'end-user:ann' });
    expect(forgotten).toMatchObject({ erased: { runs: 3, ended: 2 }, remains: expect.arrayContaining([expect.stringContaining('Postgres')]) }); // prettier-ignore
    expect(await tablesWith('erased-of-ann')).toEqual([]);
    await untilStatus(server, others, ['suspended']);
    expect(await tablesWith('erased-of-eve')).toEqual(expect.arrayContaining(['runs', 'records']));
    expect(await isWhole(server)).toBe(true);
    await callJson(server, 'POST', `/api/runs/${others}/cancel`, {});
    expect([await worker.stop(), await server.stop()]).toEqual([0, 0]);
  });

  it('sweeps expired data in one of two processes, and continues after the first is killed', async () => {
    const blob = (hex: string): string => {
      const folder = join(data, 'blobs', hex.slice(0, 2));
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, hex.slice(2)), 'old');
      utimesSync(join(folder, hex.slice(2)), 1, 1);
      return join(folder, hex.slice(2));
    };
    const named = blob('a'.repeat(64));
    const loose = blob('b'.repeat(64));
    const first = await startServer({ data, environment });
    const old = await begin(first, greeting, { name: 'old' });
    const young = await begin(first, greeting, { name: `sha256:${'a'.repeat(64)}` });
    for (const runId of [old, young]) await untilStatus(first, runId);
    const number = await query(`SELECT number FROM heddle.runs WHERE id = '${old}'`);
    const second = await startServer({ environment: shared });
    // Earlier marks do not cover these runs.
    await query('DELETE FROM heddle.retention_marks');
    await query(
      `UPDATE heddle.runs SET accepted_at = accepted_at - 8640000000, ended_at = ended_at - 8640000000 WHERE id = '${old}'`,
    );
    await eventually('marks', async () =>
      (await count("retention_marks WHERE class IN ('runs', 'files')")) >= 2 ? true : undefined,
    );
    expect([await count(`runs WHERE id = '${old}'`), existsSync(loose)]).toEqual([1, true]);
    // A day passes.
    await query('UPDATE heddle.retention_marks SET marked_at = marked_at - 90000000');
    await eventually('removal', async () =>
      (await count(`runs WHERE id = '${old}'`)) + (await count(`records WHERE run = ${number}`)) === 0 &&
      !existsSync(loose)
        ? true
        : undefined,
    );
    expect([existsSync(named), (await runOf(second, young)).status]).toEqual([true, 'done']);
    await first.kill();
    // The other process completes the removals of the first one.
    await query(`INSERT INTO heddle.removals (run, what) VALUES (${number}, 'run')`);
    await eventually('rest', async () => ((await count('removals')) === 0 ? true : undefined), 60_000);
    expect(await isWhole(second)).toBe(true);
    expect(await second.stop()).toBe(0);
  });

  it('is detected at the end of the audit log, and accepted only by a person', async () => {
    const server = await startServer({ data, environment });
    await callJson(server, 'POST', '/api/workflows', { document: greeting, slug: 'seen' });
    await eventually('record', async () => ((await count("audit WHERE details LIKE '%seen%'")) > 0 ? true : undefined));
    expect(await server.stop()).toBe(0);
    await query(`ALTER TABLE heddle.audit DISABLE TRIGGER USER; DELETE FROM heddle.audit WHERE number > 3;
      ALTER TABLE heddle.audit ENABLE TRIGGER USER`);
    expect(await refusal(environment, data)).toMatch(/storage_rolled_back|audit records that .* are missing/);
    const accepted = await heddle(['audit', 'accept', '--reason', 'A test', '--json'], { data, environment });
    expect([accepted.code, accepted.json()]).toEqual([0, { isAccepted: true }]);
    const again = await startServer({ data, environment });
    expect(await isWhole(again)).toBe(true);
    expect(await again.stop()).toBe(0);
  });
});
