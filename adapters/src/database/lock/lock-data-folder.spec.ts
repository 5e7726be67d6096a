import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runChild } from '../../testing/run-child.js';
import { asPlainUser, temporaryFolder } from '../../testing/temporary-folder.js';
import { lockDataFolder } from './lock-data-folder.js';
import { infoFile, readLock } from './lock-info.js';

const holdChild = new URL('./__fixtures__/hold-child.js', import.meta.url);

describe('lockDataFolder', () => {
  let place: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    place = temporaryFolder();
  });
  afterEach(() => place.remove());

  it('is held by one owner at a time, whom the refused one gets named', async () => {
    const first = await lockDataFolder(place.folder, { kind: 'server' });
    first.announce({ address: 'http://127.0.0.1:3000', token: 't' });
    await expect(lockDataFolder(place.folder, { kind: 'server' })).rejects.toMatchObject({
      code: 'storage_locked',
      details: { pid: process.pid, address: 'http://127.0.0.1:3000', kind: 'server' },
    });
    first.release();
    first.release();
    expect(readLock(place.folder)).toBeUndefined();
    const second = await lockDataFolder(place.folder, { kind: 'command' });
    expect(readLock(place.folder)).toMatchObject({ kind: 'command', pid: process.pid });
    second.release();
  });

  it('keeps its token from other users', async () => {
    const lock = await lockDataFolder(place.folder, { kind: 'server', token: 'secret' });
    expect(statSync(infoFile(place.folder)).mode & 0o077).toBe(0);
    expect(readLock(place.folder)?.token).toBe('secret');
    lock.release();
  });

  it('keeps a second process out, and is free as soon as the first is killed', async () => {
    let refused: unknown;
    const pids: number[] = [];
    const end = await runChild(holdChild, [place.folder, 'server'], {
      onLine: (_line, kill) => {
        pids.push(readLock(place.folder)?.pid ?? 0);
        lockDataFolder(place.folder, { kind: 'command', waitMs: 5_000 })
          .catch((error: unknown) => (refused = error))
          .finally(() => kill('SIGKILL'));
      },
    });
    expect(end).toMatchObject({ signal: 'SIGKILL', lines: ['held'] });
    expect(refused).toMatchObject({
      code: 'storage_locked',
      details: { pid: pids[0], address: 'http://127.0.0.1:4321' },
    });
    expect(readFileSync(infoFile(place.folder), 'utf8')).toContain('4321');
    expect(readLock(place.folder)).toBeUndefined();
    const lock = await lockDataFolder(place.folder, { kind: 'server' });
    expect(readLock(place.folder)?.pid).toBe(process.pid);
    lock.release();
  });

  it('waits for a command that holds the folder', async () => {
    let taken: Promise<string> = Promise.resolve('never tried');
    await runChild(holdChild, [place.folder, 'command'], {
      onLine: () => {
        taken = lockDataFolder(place.folder, { kind: 'command', waitMs: 10_000 }).then((lock) => {
          lock.release();
          return 'taken';
        });
        taken.catch(() => undefined);
      },
    });
    expect(await taken).toBe('taken');
  });

  it('waits for a server that is starting until it has an address, and names that', async () => {
    const server = await lockDataFolder(place.folder, { kind: 'server' });
    const attempt = lockDataFolder(place.folder, { kind: 'command', waitMs: 10_000 });
    server.announce({ address: 'http://127.0.0.1:3001' });
    await expect(attempt).rejects.toMatchObject({
      code: 'storage_locked',
      details: { address: 'http://127.0.0.1:3001' },
    });
    server.release();
  });

  it('does not take a living process for the owner because it has the same pid', async () => {
    const lock = await lockDataFolder(place.folder, { kind: 'server' });
    const { info } = lock;
    lock.release();
    writeFileSync(infoFile(place.folder), JSON.stringify({ ...info, processStart: '1' }));
    expect(readLock(place.folder)).toBeUndefined();
    writeFileSync(infoFile(place.folder), '{ "kind": "ser');
    expect(readLock(place.folder)).toBeUndefined();
    (await lockDataFolder(place.folder, { kind: 'server' })).release();
  });

  it('says that the folder cannot be written', async () => {
    chmodSync(place.folder, 0o555);
    const attempt = asPlainUser(() => lockDataFolder(place.folder, { kind: 'server' }));
    await expect(attempt).rejects.toMatchObject({ code: 'storage_read_only' });
    chmodSync(place.folder, 0o755);
  });
});
