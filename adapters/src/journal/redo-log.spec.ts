import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from './__fixtures__/temporary-folder.js';
import { createRedoLog, readRedoLog, redoBytes, type RedoEntry, type RedoLog } from './redo-log.js';

describe('redo log', () => {
  let place: ReturnType<typeof temporaryFolder>;
  let file: string;
  let log: RedoLog;
  let time = 0;
  beforeEach(() => {
    place = temporaryFolder();
    file = join(place.folder, 'heddle.db-redo');
    time = 0;
    log = createRedoLog(file, () => time);
  });
  afterEach(() => {
    log.close(true);
    place.remove();
  });

  const entry = (runId: string, first: number, text = 'ünïcode "quoted"\n'): RedoEntry => ({
    runId,
    first,
    count: 3,
    rows: [
      { columns: [first + 1, 'node-end', 17.5, 'a#key with "signs"\n', 1, first, 17], body: JSON.stringify({ text }) },
      { columns: [first + 2, 'run-queue', 18, null, null, null, null], body: '{}' },
    ],
  });
  const write = (...entries: RedoEntry[]): boolean => {
    for (const one of entries) log.add(one);
    return log.write();
  };

  it('gives back what was written, in order, one write or many', () => {
    expect(readRedoLog(file)).toEqual([]);
    const entries = [entry('run-1', 1), entry('run-2', 1), entry('run-1', 4)];
    expect([write(...entries.slice(0, 2)), write(...entries.slice(2))]).toEqual([true, true]);
    expect(readRedoLog(file)).toEqual(entries);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('has nothing of what is in the table once it was begun anew, however much lies behind', () => {
    write(entry('run-1', 1), entry('run-1', 4));
    write(entry('run-1', 7));
    log.reset();
    expect(readRedoLog(file)).toHaveLength(3);
    write(entry('run-2', 1));
    expect(readRedoLog(file)).toEqual([entry('run-2', 1)]);
  });

  it('ends at what is cut or damaged', () => {
    write(entry('run-1', 1));
    const first = log.size;
    write(entry('run-1', 4));
    write(entry('run-1', 7));
    const bytes = readFileSync(file);
    bytes[first + 40] = (bytes[first + 40] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(readRedoLog(file)).toEqual([entry('run-1', 1)]);
    truncateSync(file, first - 1);
    expect(readRedoLog(file)).toEqual([]);
    truncateSync(file, 5);
    expect(readRedoLog(file)).toEqual([]);
  });

  it('refuses what has no room, and keeps what it has', () => {
    write(entry('run-1', 1));
    expect(write(entry('run-1', 4, 'x'.repeat(redoBytes)))).toBe(false);
    // Three bytes a sign: it has room only by its length in signs.
    expect(write(entry('run-1', 4, '€'.repeat(redoBytes / 2)))).toBe(false);
    expect(write(entry('run-1', 4))).toBe(true);
    expect(readRedoLog(file)).toEqual([entry('run-1', 1), entry('run-1', 4)]);
    expect(statSync(file).size).toBe(redoBytes);
  });

  it('takes nothing where there is no place for it, and is tried again ten seconds later', () => {
    rmSync(place.folder, { recursive: true });
    expect(write(entry('run-1', 1))).toBe(false);
    mkdirSync(place.folder);
    time = 9_999;
    expect(write(entry('run-1', 1))).toBe(false);
    time = 10_000;
    expect(write(entry('run-1', 4))).toBe(true);
    expect(readRedoLog(file)).toEqual([entry('run-1', 4)]);
  });

  it('can be overwritten when all of it is in the table, and is gone when it ends so', () => {
    write(entry('run-1', 1, 'a secret'));
    log.wipe();
    expect(readRedoLog(file)).toHaveLength(1);
    log.reset();
    log.wipe();
    expect(readFileSync(file).includes('secret')).toBe(false);
    write(entry('run-1', 4));
    log.close(false);
    expect(readRedoLog(file)).toEqual([entry('run-1', 4)]);
    createRedoLog(file).close(true);
    expect(() => statSync(file)).toThrow('ENOENT');
  });
});
