import { writeFileSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acceptRun, appendTo, records } from '@heddle/core/testing';
import { openJournal, type OpenJournal } from '../../testing/open-journal.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import type { Finding } from './examine-file.js';
import { withStorageErrors } from '../storage-error.js';

describe('an open database that SQLite calls damaged', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let opened: OpenJournal;
  /** Answers the checks of the file one after the other. */
  let answers: ((finding: Finding) => void)[];
  beforeEach(() => {
    temporary = temporaryFolder();
    answers = [];
    opened = openJournal(temporary.folder, { examine: () => new Promise((resolve) => answers.push(resolve)) });
  });
  afterEach(async () => {
    await opened.close();
    temporary.remove();
  });

  /** The error that any store makes from an error of SQLite. */
  const meet = (code = 'SQLITE_CORRUPT'): unknown => {
    try {
      return withStorageErrors(opened.database.file, () => {
        throw Object.assign(new Error('database disk image is malformed'), { code });
      });
    } catch (error) {
      return error;
    }
  };
  const settle = async (finding: Finding): Promise<void> => {
    answers.shift()?.(finding);
    await new Promise((resolve) => setImmediate(resolve));
  };
  /** Waits for the next check, which comes after a second. */
  const nextCheck = async (): Promise<void> => {
    for (let round = 0; answers.length === 0 && round < 500; round += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const doubt = { code: 'storage_failed', retryable: true };

  it('reports an error that may pass until its check has ended, with one check for all errors', async () => {
    expect([meet(), meet('SQLITE_CORRUPT_INDEX'), meet('SQLITE_NOTADB')]).toMatchObject([doubt, doubt, doubt]);
    expect(answers).toHaveLength(1);
    expect(() => opened.database.checkWritable()).toThrow(expect.objectContaining(doubt));
    await expect(acceptRun(opened.journal, 'run-1')).rejects.toMatchObject(doubt);
    await settle('whole');
    opened.database.checkWritable();
    await acceptRun(opened.journal, 'run-1');
    expect(meet()).toMatchObject(doubt);
    expect(answers).toHaveLength(0); // The file was found whole a moment ago.
  });

  it('is checked again when the disk cannot be read', async () => {
    meet();
    await settle('unreadable');
    expect(() => opened.database.checkWritable()).toThrow(/disk cannot read/);
    await nextCheck();
    await settle('whole');
    opened.database.checkWritable();
  });

  it('is damaged once the check says so, and stays so', async () => {
    await acceptRun(opened.journal, 'run-1');
    meet();
    await settle('damaged');
    const damaged = { code: 'storage_corrupt', retryable: false };
    expect(meet()).toMatchObject(damaged);
    expect(() => opened.database.checkWritable()).toThrow(/heddle restore/);
    await expect(acceptRun(opened.journal, 'run-2')).rejects.toMatchObject(damaged);
    expect(answers).toHaveLength(0);
  });

  it('is found damaged by the check in a process of its own', async () => {
    await acceptRun(opened.journal, 'run-1');
    for (let index = 0; index < 300; index += 1)
      await appendTo(opened.journal, 'run-1', [records.nodeEnd(`n${index}`, 'x'.repeat(500))]);
    await opened.close();
    opened = openJournal(temporary.folder);
    const bytes = readFileSync(opened.database.file);
    bytes.fill(7, Math.floor(bytes.length / 2), bytes.length - 4096);
    writeFileSync(opened.database.file, bytes);
    opened.database.connection.pragma('shrink_memory'); // SQLite read every page when the file was opened.
    await expect(opened.journal.events('run-1')).rejects.toMatchObject(doubt);
    let received: unknown;
    for (
      let round = 0;
      round < 500 && (received as { code?: string } | undefined)?.code !== 'storage_corrupt';
      round += 1
    ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      received = await opened.journal.events('run-1').catch((error: unknown) => error);
    }
    expect(received).toMatchObject({ code: 'storage_corrupt' });
  }, 90_000);
});
