import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runChild } from '../../testing/run-child.js';
import { asPlainUser, temporaryFolder } from '../../testing/temporary-folder.js';
import { lockDataFolder } from './lock-data-folder.js';
import { infoFile, readLock } from './lock-info.js';

const holdChild = new URL('./__fixtures__/hold-child.js', import.meta.url);

describe('lockDataFolder', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    temporary = temporaryFolder();
  });
  afterEach(() => temporary.remove());

  it('is held by one owner at a time, which a refusal names', async () => {
    const first = await lockDataFolder(temporary.folder, { kind: 'server' });
    first.announce({ address: 'http://127.0.0.1:3000', token: 't' });
    await expect(lockDataFolder(temporary.folder, { kind: 'server' })).rejects.toMatchObject({
      code: 'storage_locked',
      details: { pid: process.pid, address: 'http://127.0.0.1:3000', kind: 'server' },
    });
    first.release();
    first.release();
    expect(readLock(temporary.folder)).toBeUndefined();
    const second = await lockDataFolder(temporary.folder, { kind: 'command' });
    expect(readLock(temporary.folder)).toMatchObject({ kind: 'command', pid: process.pid });
    second.release();
  });

  it('hides its token from other users', async () => {
    const lock = await lockDataFolder(temporary.folder, { kind: 'server', token: 'secret' });
    expect(statSync(infoFile(temporary.folder)).mode & 0o077).toBe(0);
    expect(readLock(temporary.folder)?.token).toBe('secret');
    lock.release();
  });

  it('keeps a second process out, and is free as soon as the first is killed', async () => {
    let refused: unknown;
    const pids: number[] = [];
    const end = await runChild(holdChild, [temporary.folder, 'server'], {
      onLine: (_line, kill) => {
        pids.push(readLock(temporary.folder)?.pid ?? 0);
        lockDataFolder(temporary.folder, { kind: 'command', waitMs: 5_000 })
          .catch((error: unknown) => (refused = error))
          .finally(() => kill('SIGKILL'));
      },
    });
    expect(end).toMatchObject({ signal: 'SIGKILL', lines: ['held'] });
    expect(refused).toMatchObject({
      code: 'storage_locked',
      details: { pid: pids[0], address: 'http://127.0.0.1:4321' },
    });
    expect(readFileSync(infoFile(temporary.folder), 'utf8')).toContain('4321');
    expect(readLock(temporary.folder)).toBeUndefined();
    const lock = await lockDataFolder(temporary.folder, { kind: 'server' });
    expect(readLock(temporary.folder)?.pid).toBe(process.pid);
    lock.release();
  });

  it('waits for a command that has the folder', async () => {
    let taken: Promise<string> = Promise.resolve('never tried');
    await runChild(holdChild, [temporary.folder, 'command'], {
      onLine: () => {
        taken = lockDataFolder(temporary.folder, { kind: 'command', waitMs: 10_000 }).then((lock) => {
          lock.release();
          return 'taken';
        });
        taken.catch(() => undefined);
      },
    });
    expect(await taken).toBe('taken');
  });

  it('waits for a starting server until it has an address, and names the address', async () => {
    const server = await lockDataFolder(temporary.folder, { kind: 'server' });
    const attempt = lockDataFolder(temporary.folder, { kind: 'command', waitMs: 10_000 });
    server.announce({ address: 'http://127.0.0.1:3001' });
    await expect(attempt).rejects.toMatchObject({
      code: 'storage_locked',
      details: { address: 'http://127.0.0.1:3001' },
    });
    server.release();
  });

  it('does not mistake another process with the same pid for the owner', async () => {
    const lock = await lockDataFolder(temporary.folder, { kind: 'server' });
    const { info } = lock;
    lock.release();
    writeFileSync(infoFile(temporary.folder), JSON.stringify({ ...info, processStart: '1' }));
    expect(readLock(temporary.folder)).toBeUndefined();
    writeFileSync(infoFile(temporary.folder), '{ "kind": "ser');
    expect(readLock(temporary.folder)).toBeUndefined();
    (await lockDataFolder(temporary.folder, { kind: 'server' })).release();
  });

  it('says that the folder cannot be written', async () => {
    chmodSync(temporary.folder, 0o555);
    const attempt = asPlainUser(() => lockDataFolder(temporary.folder, { kind: 'server' }));
    await expect(attempt).rejects.toMatchObject({ code: 'storage_read_only' });
    chmodSync(temporary.folder, 0o755);
  });
});
