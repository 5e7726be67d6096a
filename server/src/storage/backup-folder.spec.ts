import { createSqliteAudit } from '@heddle/adapters/audit';
import { openDatabase } from '@heddle/adapters/database';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../common/real-clock.js';
import { backupFolder, restoreFolder } from './backup-folder.js';
import { finishRestore, planRestore, restoreDraft } from './finish-restore.js';

describe('backup and restore', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'heddle-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** A data folder with a database, a blob and a note of its own. */
  function dataFolder(name: string, note: string): string {
    const folder = join(root, name);
    mkdirSync(join(folder, 'blobs'), { recursive: true });
    openDatabase(join(folder, 'heddle.db')).close();
    writeFileSync(join(folder, 'blobs', 'one'), note);
    writeFileSync(join(folder, 'secret.key'), note);
    return folder;
  }
  const noteOf = (folder: string): string => readFileSync(join(folder, 'blobs', 'one'), 'utf8');
  const namesOf = (folder: string): string[] =>
    readdirSync(folder)
      .filter((name) => !/^heddle\.(?:lock|db-)|^audit\.last$/.test(name))
      .sort();

  it('restores a backup, and moves the present files aside', async () => {
    const first = dataFolder('first', 'first');
    await backupFolder(first, join(root, 'copy'));
    const second = dataFolder('second', 'second');
    await expect(restoreFolder(join(root, 'copy'), second, { force: false })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(noteOf(second)).toBe('second');
    const { movedTo } = await restoreFolder(join(root, 'copy'), second, { force: true });
    expect([noteOf(second), noteOf(movedTo ?? '')]).toEqual(['first', 'second']);
    expect(namesOf(second)).toEqual([expect.stringMatching(/^before-restore-/), 'blobs', 'heddle.db', 'secret.key']);
  });

  it('is made while drafts come and go, with everything that stays', async () => {
    const first = dataFolder('first', 'first');
    for (let at = 0; at < 300; at += 1) writeFileSync(join(first, 'blobs', `piece${at}`), 'a blob');
    mkdirSync(join(first, 'blobs', 'drafts'));
    symlinkSync(join(first, 'blobs', 'one'), join(first, 'link'));
    let isBusy = true;
    const busy = (async () => {
      for (let at = 0; isBusy; at += 1) {
        const draft = join(first, 'blobs', 'drafts', String(at));
        await writeFile(draft, 'a draft');
        await rm(draft);
      }
    })();
    for (let at = 0; at < 10; at += 1) await backupFolder(first, join(root, `copy${at}`));
    isBusy = false;
    await busy;
    expect(readdirSync(join(root, 'copy9', 'blobs')).filter((name) => name.startsWith('piece'))).toHaveLength(300);
    expect(readFileSync(join(root, 'copy9', 'link'), 'utf8')).toBe('first');
  });

  it('includes the redo log that an older version left when it was killed', async () => {
    const first = dataFolder('first', 'first');
    writeFileSync(join(first, 'heddle.db-redo'), 'results');
    await backupFolder(first, join(root, 'copy'));
    await restoreFolder(join(root, 'copy'), join(root, 'second'), { force: false });
    expect(readFileSync(join(root, 'second', 'heddle.db-redo'), 'utf8')).toBe('results');
  });

  it.each(['EBUSY', 'EXDEV', 'EPERM'])('changes nothing when a file cannot be moved aside (%s)', async (code) => {
    await backupFolder(dataFolder('first', 'first'), join(root, 'copy'));
    const second = dataFolder('second', 'second');
    const before = namesOf(second);
    let moves = 0;
    const move = async (from: string | URL | Buffer, to: string | URL | Buffer): Promise<void> => {
      if (moves === 2) throw Object.assign(new Error(`${code}: it cannot be moved`), { code });
      moves += 1;
      renameSync(from, to);
    };
    await expect(restoreFolder(join(root, 'copy'), second, { force: true, move })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(code),
      details: { reason: code },
    });
    expect([moves, noteOf(second), namesOf(second)]).toEqual([2, 'second', before]);
    expect(await finishRestore(second)).toBe(false);
    await restoreFolder(join(root, 'copy'), second, { force: true });
    expect(noteOf(second)).toBe('first');
  });

  it('ignores the folder that a file system keeps at its root', async () => {
    const first = dataFolder('first', 'first');
    mkdirSync(join(first, 'lost+found'), { mode: 0 });
    await backupFolder(first, join(root, 'copy'));
    mkdirSync(join(root, 'volume', 'lost+found'), { recursive: true });
    await restoreFolder(join(root, 'copy'), join(root, 'volume'), { force: false });
    expect(namesOf(join(root, 'volume'))).toEqual(['blobs', 'heddle.db', 'lost+found', 'secret.key']);
  });

  it('changes nothing when the backup cannot be read', async () => {
    const copy = join(root, 'copy');
    await backupFolder(dataFolder('first', 'first'), copy);
    writeFileSync(join(copy, 'heddle.db'), 'this is no database, whatever its name says'.repeat(200));
    const second = dataFolder('second', 'second');
    await expect(restoreFolder(copy, second, { force: true })).rejects.toMatchObject({ code: 'storage_corrupt' });
    expect([noteOf(second), namesOf(second)]).toEqual(['second', ['blobs', 'heddle.db', 'secret.key']]);
  });

  it('refuses an incomplete or damaged backup, names the backup as the cause, and changes nothing', async () => {
    const first = dataFolder('first', 'first');
    const vectors = new Database(join(first, 'collections.db'));
    vectors.exec('CREATE TABLE words (word); CREATE INDEX by_word ON words (word)');
    vectors.exec(`WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 500)
      INSERT INTO words SELECT 'word ' || n FROM count`);
    vectors.close();
    const damages: Record<string, (copy: string) => void> = {
      'no-database': (copy) => rmSync(join(copy, 'heddle.db')),
      'no-blob': (copy) => rmSync(join(copy, 'blobs'), { recursive: true }),
      'no-key': (copy) => rmSync(join(copy, 'secret.key')),
      'cut-blob': (copy) => writeFileSync(join(copy, 'blobs', 'one'), 'fir'),
      'damaged-collections': (copy) => {
        const file = openSync(join(copy, 'collections.db'), 'r+');
        writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, 4096);
        closeSync(file);
      },
    };
    for (const [name, damage] of Object.entries(damages)) {
      const copy = join(root, name);
      await backupFolder(first, copy);
      damage(copy);
      const fresh = join(root, `fresh-${name}`);
      const refused = await restoreFolder(copy, fresh, { force: false }).catch((error: unknown) => error);
      expect([name, refused]).toEqual([name, expect.objectContaining({ code: 'storage_corrupt' })]);
      expect(String(refused)).toContain(copy);
      expect(String(refused)).not.toContain(restoreDraft);
      expect(namesOf(fresh)).toEqual([]);
    }
  });

  /** Replaces a stored value by another of the same length. */
  function damageValue(folder: string): string {
    const name = createHash('sha256').update('value').digest('hex');
    const root = `blobs/${name.slice(0, 2)}/${name.slice(2)}`;
    mkdirSync(join(folder, 'blobs', name.slice(0, 2)), { recursive: true });
    writeFileSync(join(folder, root), 'Value');
    return root;
  }
  /** Flips one bit in the middle of each page except the first. */
  function flipBits(file: string): void {
    const bytes = readFileSync(file);
    for (let at = 4096 + 2048; at < bytes.length; at += 4096) bytes[at] = (bytes[at] ?? 0) ^ 1;
    for (let at = 4096; at < bytes.length; at += 4096) bytes[at + 4] = (bytes[at + 4] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  }

  it.each(['heddle.db', 'collections.db'])('makes no backup of a damaged %s, and reports it', async (name) => {
    const first = dataFolder('first', 'first');
    new Database(join(first, 'collections.db'))
      .exec('CREATE TABLE words (word); CREATE INDEX i ON words (word)')
      .close();
    flipBits(join(first, name));
    for (const withDamage of [false, true])
      await expect(backupFolder(first, join(root, 'copy'), { withDamage })).rejects.toMatchObject({
        code: 'storage_corrupt',
        message: expect.stringContaining(name),
      });
    expect(readdirSync(root)).toEqual(['first']);
  });

  it('names a damaged value, at a backup and at a restore, and includes it only on request', async () => {
    const first = dataFolder('first', 'first');
    const value = damageValue(first);
    const copy = join(root, 'copy');
    const named = { code: 'storage_corrupt', message: expect.stringContaining(value) };
    await expect(backupFolder(first, copy)).rejects.toMatchObject(named);
    expect(existsSync(copy)).toBe(false);
    expect(await backupFolder(first, copy, { withDamage: true })).toMatchObject({ damaged: [value] });
    const second = join(root, 'second');
    await expect(restoreFolder(copy, second, { force: false })).rejects.toMatchObject(named);
    expect(namesOf(second)).toEqual([]);
    await restoreFolder(copy, second, { force: false, withDamage: true });
    expect(readFileSync(join(second, value), 'utf8')).toBe('Value');
  });

  it('makes no backup of a folder that lacks audit records, and records a restore in an audit log that is intact', async () => {
    const first = join(root, 'first');
    mkdirSync(first);
    const open = (folder: string) => {
      const database = openDatabase(join(folder, 'heddle.db'));
      const audit = createSqliteAudit(database, {
        clock: realClock,
        keyFile: join(folder, 'secret.key'),
        anchorFile: join(folder, 'audit.head'),
      });
      const close = (): void => {
        audit.close();
        database.close();
      };
      return { audit, close };
    };
    const event = { kind: 'stop', who: 'a', subject: 'x', details: { step: 'released' } } as const;
    const one = open(first);
    await one.audit.write(event);
    one.close();
    await backupFolder(first, join(root, 'copy'));
    expect(readdirSync(join(root, 'copy')).sort()).toEqual(['audit.head', 'backup.json', 'heddle.db', 'secret.key']);
    const two = open(first);
    await two.audit.write([event, event]);
    two.close();
    copyFileSync(join(root, 'copy', 'heddle.db'), join(first, 'heddle.db'));
    await expect(backupFolder(first, join(root, 'late'))).rejects.toMatchObject({
      message: expect.stringMatching(/newest 2 audit records are missing/),
    });
    await restoreFolder(join(root, 'copy'), first, { force: true });
    const restored = open(first);
    expect([restored.audit.loss, await restored.audit.verify()]).toEqual([undefined, undefined]);
    expect(await restored.audit.list({ subject: 'database' })).toMatchObject([
      { number: 2, who: 'local', details: { step: 'restored', from: join(root, 'copy') } },
    ]);
    restored.close();
  });

  it('refuses a backup of a newer Heddle, also of its collections', async () => {
    const first = dataFolder('first', 'first');
    new Database(join(first, 'collections.db')).exec('CREATE TABLE words (word)').close();
    for (const name of ['heddle.db', 'collections.db']) {
      const copy = join(root, `newer-${name}`);
      await backupFolder(first, copy);
      const database = new Database(join(copy, name));
      database.pragma('user_version = 9999');
      database.close();
      const fresh = join(root, `fresh-${name}`);
      await expect(restoreFolder(copy, fresh, { force: false })).rejects.toMatchObject({ code: 'storage_newer' });
      expect(namesOf(fresh)).toEqual([]);
    }
  });

  it('reports a file system that allows no folder, and removes an unfinished backup at the same location', async () => {
    const first = dataFolder('first', 'first');
    await expect(backupFolder(first, '/proc/copy')).rejects.toMatchObject({ code: 'storage_read_only' });
    // No process has this id, so the folder counts as left behind.
    mkdirSync(join(root, 'copy.unfinished-4194305'));
    await backupFolder(first, join(root, 'copy'));
    expect(readdirSync(root).sort()).toEqual(['copy', 'first']);
  });

  it('finishes a restore at the next opening of the folder, wherever it was killed', async () => {
    const moves = ['blobs', 'heddle.db', 'secret.key'];
    for (let done = 0; done <= moves.length * 2; done += 1) {
      const folder = dataFolder(`data-${done}`, 'old');
      dataFolder(join(`data-${done}`, restoreDraft), 'new');
      const present = namesOf(folder).filter((name) => name !== restoreDraft);
      await planRestore(folder, { aside: 'before-restore-x', present });
      mkdirSync(join(folder, 'before-restore-x'));
      // The moves that were made before the kill, in their order.
      for (const name of moves.slice(0, done)) renameSync(join(folder, name), join(folder, 'before-restore-x', name));
      for (const name of moves.slice(0, Math.max(0, done - moves.length)))
        renameSync(join(folder, restoreDraft, name), join(folder, name));
      expect(await finishRestore(folder)).toBe(true);
      expect([noteOf(folder), noteOf(join(folder, 'before-restore-x'))]).toEqual(['new', 'old']);
      expect(namesOf(folder)).toEqual(['before-restore-x', ...moves]);
      expect(await finishRestore(folder)).toBe(false);
    }
  });

  it('discards an unfinished copy', async () => {
    const folder = dataFolder('data', 'old');
    dataFolder(join('data', restoreDraft), 'half');
    expect(await finishRestore(folder)).toBe(false);
    expect([noteOf(folder), existsSync(join(folder, restoreDraft))]).toEqual(['old', false]);
  });
});
