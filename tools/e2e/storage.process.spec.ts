import { afterAll, describe, expect, it } from '@jest/globals';
import type { HealthReply } from '@heddle/core';
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cleanUp, collect, startProgram } from './built-program.js';
import { busy, greeting } from './documents.js';
import { eventually } from './eventually.js';
import { canLimitFiles, limitFiles, smallDisk } from './full-disk.js';
import { begin, post, runOf, send, untilStatus, type RawReply } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

afterAll(cleanUp, 60_000);

const longest = 180_000;
const start = (server: ServerProcess): Promise<RawReply> =>
  post(server, '/api/runs', { document: greeting, inputs: { name: 'Ada' } });
const codeOf = (reply: RawReply): string => (JSON.parse(reply.text) as { error: { code: string } }).error.code;
const health = async (server: ServerProcess): Promise<HealthReply> =>
  JSON.parse((await send(server, '/api/health')).text) as HealthReply;
const serve = (data: string) => command(data, ['serve']);
const command = async (data: string, args: readonly string[]): Promise<{ code: number | null; stderr: string }> => {
  const child = startProgram(args, { data, environment: { PORT: '0' } });
  const stderr = collect(child.stderr);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, stderr: stderr() };
};
const databaseOf = (data: string): string => join(data, 'heddle.db');
/** The end of the written part of a log: space after it may have been allocated in advance. */
const writtenBytes = (wal: string): number => readFileSync(wal).findLastIndex((byte) => byte !== 0) + 1;

/** What must be true of a full disk, whatever filled it. */
async function goesThroughAFullDisk(server: ServerProcess, fill: () => void, free: () => void): Promise<void> {
  const before = await begin(server, greeting, { name: 'before' });
  await untilStatus(server, before);
  const working = await begin(server, busy(1_500), { name: 'working' });
  await untilStatus(server, working, ['running']);
  fill();
  // Space that was freed inside the log holds another commit or two.
  const refused = await eventually('refusal', async () => {
    const reply = await start(server);
    return reply.status === 202 ? undefined : reply;
  });
  expect([refused.status, codeOf(refused)]).toEqual([507, 'storage_full']);
  const received = await eventually('run that waits for the store', async () => {
    const now = await health(server);
    return now.waiting.some(({ runId, reason }) => runId === working && reason === 'store') ? now : undefined;
  });
  expect(received).toMatchObject({ status: 'degraded', storage: { status: 'fault', error: { code: 'storage_full' } } });
  expect((await runOf(server, before)).status).toBe('done');
  free();
  expect((await untilStatus(server, working, ['done'], 40_000)).outputs).toEqual({ text: 'Before working, counted' });
  expect((await start(server)).status).toBe(202);
  expect((await health(server)).storage.status).toBe('ok');
}

describe('a disk that is full', () => {
  it(
    'refuses new runs with 507, lets a running one wait, and continues without a restart once there is space',
    async () => {
      const disk = smallDisk(8);
      if (disk === undefined) {
        process.stdout.write('skipped: this user may not mount a small disk\n');
        return;
      }
      try {
        const server = await startServer({ data: join(disk.folder, 'data') });
        await goesThroughAFullDisk(
          server,
          () => disk.fill(),
          () => disk.free(),
        );
        await server.stop();
      } finally {
        disk.remove();
      }
    },
    longest,
  );

  it(
    'does the same under a limit on file size, as a quota sets it',
    async () => {
      if (!canLimitFiles()) {
        process.stdout.write('skipped: there is no prlimit here\n');
        return;
      }
      const server = await startServer();
      const wal = `${databaseOf(server.data)}-wal`;
      const fill = (): void => limitFiles(server.pid, writtenBytes(wal));
      await goesThroughAFullDisk(server, fill, () => limitFiles(server.pid, undefined));
      await server.stop();
    },
    longest,
  );

  it(
    'refuses to start on a read-only disk, changes nothing there, and starts once it is writable',
    async () => {
      const disk = smallDisk(8);
      if (disk === undefined) {
        process.stdout.write('skipped: this user may not mount a small disk\n');
        return;
      }
      try {
        const data = join(disk.folder, 'data');
        const first = await startServer({ data });
        const runId = await begin(first, greeting, { name: 'Ada' });
        await untilStatus(first, runId);
        await first.stop();
        disk.mount('ro');
        const refused = await serve(data);
        expect(refused.code).toBe(1);
        expect(refused.stderr).toContain('storage_read_only');
        disk.mount('rw');
        const second = await startServer({ data });
        expect((await runOf(second, runId)).status).toBe('done');
        await second.stop();
      } finally {
        disk.remove();
      }
    },
    longest,
  );
});

describe('a database that another program has locked', () => {
  it(
    'refuses new runs with 503 and Retry-After, answers other requests, and continues once the lock is released',
    async () => {
      const server = await startServer();
      const working = await begin(server, busy(500), { name: 'working' });
      await untilStatus(server, working, ['running']);
      const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');
      const script = `const D = require(${JSON.stringify(sqlite)}); const d = new D(process.argv[1]); d.exec('BEGIN IMMEDIATE'); console.log('held'); process.stdin.on('data', () => { d.exec('COMMIT'); process.exit(0); });`;
      const other = spawn(process.execPath, ['-e', script, databaseOf(server.data)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => other.stdout.once('data', resolve));
      let isRefused = false;
      const asked = start(server).finally(() => (isRefused = true));
      // The server answers other requests while it waits for the lock.
      expect([(await send(server, '/api/nodes')).status, isRefused]).toEqual([200, false]);
      const refused = await asked;
      expect([refused.status, codeOf(refused)]).toEqual([503, 'storage_locked']);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      other.stdin.write('go\n');
      expect((await untilStatus(server, working, ['done'], 40_000)).outputs).toEqual({
        text: 'Before working, counted',
      });
      expect((await start(server)).status).toBe(202);
      await server.stop();
    },
    longest,
  );
});

describe('a damaged data folder', () => {
  it(
    'is refused if its log was cut, and keeps everything before the cut once somebody accepts the loss',
    async () => {
      const first = await startServer();
      const { data } = first;
      const kept = await begin(first, greeting, { name: 'kept' });
      await untilStatus(first, kept);
      await first.stop();
      const second = await startServer({ data });
      for (let index = 0; index < 10; index += 1)
        await untilStatus(second, await begin(second, greeting, { name: `run ${index}` }));
      await second.kill();
      const wal = `${databaseOf(data)}-wal`;
      truncateSync(wal, Math.floor(writtenBytes(wal) / 2) + 13);
      const refused = await serve(data);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/heddle restore.*heddle audit accept.*storage_rolled_back/s);
      expect((await command(data, ['audit', 'accept'])).code).toBe(2);
      expect((await command(data, ['audit', 'verify'])).code).toBe(1);
      expect((await command(data, ['audit', 'accept', '--reason', 'A test'])).code).toBe(0);
      expect((await command(data, ['audit', 'verify'])).code).toBe(0);
      const third = await startServer({ data });
      expect((await runOf(third, kept)).status).toBe('done');
      const { runs } = JSON.parse((await send(third, '/api/runs')).text) as { runs: { status: string }[] };
      expect(runs.length).toBeGreaterThan(1);
      expect(runs.length).toBeLessThan(11);
      expect((await start(third)).status).toBe(202);
      await third.stop();
    },
    longest,
  );

  it(
    'refuses a database with a damaged page, and does not change it',
    async () => {
      const first = await startServer();
      const { data } = first;
      for (let index = 0; index < 20; index += 1) await begin(first, greeting, { name: `run ${index}` });
      await first.stop();
      const file = databaseOf(data);
      const handle = openSync(file, 'r+');
      writeSync(handle, Buffer.alloc(2048, 0xa5), 0, 2048, 2048 * 4);
      closeSync(handle);
      const before = readFileSync(file);
      const refused = await serve(data);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/storage_corrupt/);
      expect(refused.stderr).toMatch(/heddle restore/);
      expect(readFileSync(file).equals(before)).toBe(true);
    },
    longest,
  );

  it.each(['missing, with its log there', 'empty'])(
    'makes no new database if the old one is %s',
    async (how) => {
      const first = await startServer();
      const { data } = first;
      await untilStatus(first, await begin(first, greeting, { name: 'Ada' }));
      await first.kill();
      const file = databaseOf(data);
      if (how === 'empty') writeFileSync(file, '');
      else rmSync(file);
      const refused = await serve(data);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('storage_corrupt');
      expect(existsSync(file) && statSync(file).size > 0).toBe(false);
    },
    longest,
  );

  it(
    'accepts no run into a database that was removed while it was open',
    async () => {
      const server = await startServer();
      const file = databaseOf(server.data);
      await untilStatus(server, await begin(server, greeting, { name: 'Ada' }));
      renameSync(file, `${file}.away`);
      const refused = await start(server);
      expect([refused.status, codeOf(refused)]).toEqual([503, 'storage_failed']);
      expect((await health(server)).storage).toMatchObject({ status: 'fault', error: { code: 'storage_failed' } });
      renameSync(`${file}.away`, file);
      await eventually('run', async () => ((await start(server)).status === 202 ? true : undefined));
      await server.stop();
    },
    longest,
  );

  it(
    'accepts no run after its log was removed while it was open, and loses no run that it accepted',
    async () => {
      const server = await startServer();
      const { data } = server;
      const accepted: string[] = [];
      for (let index = 0; index < 5; index += 1) accepted.push(await begin(server, greeting, { name: `run ${index}` }));
      rmSync(`${databaseOf(data)}-wal`);
      const refused = await start(server);
      expect([refused.status, codeOf(refused)]).toEqual([503, 'storage_failed']);
      expect((await health(server)).storage).toMatchObject({ status: 'fault', error: { code: 'storage_failed' } });
      await server.kill();
      const next = await startServer({ data });
      for (const runId of accepted) await untilStatus(next, runId);
      expect((await start(next)).status).toBe(202);
      await next.stop();
    },
    longest,
  );

  it(
    'reports without a request that a database was cut while it was open',
    async () => {
      const server = await startServer();
      await untilStatus(server, await begin(server, greeting, { name: 'Ada' }));
      truncateSync(databaseOf(server.data), 8_192);
      const received = await eventually('fault', async () => {
        const { storage } = await health(server);
        return storage.status === 'fault' ? storage : undefined;
      });
      expect(received).toMatchObject({ error: { code: 'storage_corrupt' } });
      const refused = await start(server);
      expect([refused.status, codeOf(refused)]).toEqual([503, 'storage_corrupt']);
      await server.kill();
    },
    longest,
  );
});
