import { openDatabase } from '@heddle/adapters/journal';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupFolder, restoreFolder } from './backup-folder.js';
import { finishRestore, planRestore, restoreDraft } from './finish-restore.js';

describe('backup and restore', () => {
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'heddle-'));
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  /** A data folder with a database, a blob and a note of its own. */
  function dataFolder(name: string, note: string): string {
    const folder = join(place, name);
    mkdirSync(join(folder, 'blobs'), { recursive: true });
    openDatabase(join(folder, 'heddle.db')).close();
    writeFileSync(join(folder, 'blobs', 'one'), note);
    writeFileSync(join(folder, 'secret.key'), note);
    return folder;
  }
  const noteOf = (folder: string): string => readFileSync(join(folder, 'blobs', 'one'), 'utf8');
  const namesOf = (folder: string): string[] =>
    readdirSync(folder)
      .filter((name) => !/^heddle\.(?:lock|db-)/.test(name))
      .sort();

  it('restores what was backed up, and moves aside what was there', async () => {
    const first = dataFolder('first', 'first');
    await backupFolder(first, join(place, 'copy'));
    const second = dataFolder('second', 'second');
    await expect(restoreFolder(join(place, 'copy'), second, { force: false })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(noteOf(second)).toBe('second');
    const { movedTo } = await restoreFolder(join(place, 'copy'), second, { force: true });
    expect([noteOf(second), noteOf(movedTo ?? '')]).toEqual(['first', 'second']);
    expect(namesOf(second)).toEqual([expect.stringMatching(/^before-restore-/), 'blobs', 'heddle.db', 'secret.key']);
  });

  it('changes nothing where the backup cannot be read', async () => {
    const copy = join(place, 'copy');
    await backupFolder(dataFolder('first', 'first'), copy);
    writeFileSync(join(copy, 'heddle.db'), 'this is no database, whatever its name says'.repeat(200));
    const second = dataFolder('second', 'second');
    await expect(restoreFolder(copy, second, { force: true })).rejects.toMatchObject({ code: 'storage_corrupt' });
    expect([noteOf(second), namesOf(second)]).toEqual(['second', ['blobs', 'heddle.db', 'secret.key']]);
  });

  it('is finished by whoever opens the folder next, wherever it was killed', async () => {
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

  it('throws away a copy that was not finished', async () => {
    const folder = dataFolder('data', 'old');
    dataFolder(join('data', restoreDraft), 'half');
    expect(await finishRestore(folder)).toBe(false);
    expect([noteOf(folder), existsSync(join(folder, restoreDraft))]).toEqual(['old', false]);
  });
});
