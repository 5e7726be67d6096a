import { acceptRun, createFakeClock } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openAudited, auditFilesIn } from '../../audit/__fixtures__/audited-journal.js';
import { refuseRolledBack } from '../../audit/chain-loss.js';
import { runChild } from '../../testing/run-child.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { openDatabase } from '../open-database.js';

const watchedChild = new URL('./__fixtures__/watched-child.js', import.meta.url);

describe('files of a database that are changed while it is open', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    temporary = temporaryFolder();
  });
  afterEach(() => temporary.remove());
  const inFolder = (name: string): string => join(temporary.folder, name);

  /** Changes something while runs are accepted, and kills the process 40 refusals later. Returns the outcome of each run. */
  async function changeAndDie(change: () => void): Promise<readonly (readonly [string, string])[]> {
    let refused = 0;
    const end = await runChild(watchedChild, [temporary.folder], {
      onLine: (line, kill) => {
        if (line === 'run-30 kept') {
          change();
          writeFileSync(inFolder('changed'), '');
        }
        if (!line.endsWith('kept')) refused += 1;
        if (refused === 40) kill('SIGKILL');
      },
    });
    expect([end.signal, end.errors]).toEqual(['SIGKILL', '']);
    return end.lines.map((line): [string, string] => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']);
  }
  const replaceLog = (): void => {
    renameSync(inFolder('heddle.db-wal'), inFolder('log-of-before'));
    writeFileSync(inFolder('heddle.db-wal'), '');
  };

  it.each([
    ['removed', () => rmSync(inFolder('heddle.db-wal'))],
    ['replaced', replaceLog],
  ])(
    'refuses runs once its log was %s, and loses no acknowledged run in a kill after that',
    async (_how, change) => {
      const received = await changeAndDie(change);
      expect(
        received.filter(([, outcome]) => outcome !== 'kept').every(([, outcome]) => outcome === 'storage_failed'),
      ).toBe(true);
      expect(received.findLastIndex(([, outcome]) => outcome === 'kept')).toBe(30);
      const { file, ...files } = auditFilesIn(temporary.folder);
      expect(() => refuseRolledBack(file, files)).not.toThrow();
      const opened = openAudited(temporary.folder, createFakeClock(1_000));
      expect(opened.audit.loss).toBeUndefined();
      for (const [runId] of received.filter(([, outcome]) => outcome === 'kept'))
        expect(await opened.journal.summary(runId)).toMatchObject({ status: 'queued' });
      await opened.close();
    },
    90_000,
  );

  it('refuses runs once its log was cut, and the next start reports what is missing', async () => {
    const received = await changeAndDie(() => truncateSync(inFolder('heddle.db-wal'), 20_000));
    expect(received.at(-1)?.[1]).toBe('storage_corrupt');
    expect(received.findLastIndex(([, outcome]) => outcome === 'kept')).toBe(30);
    const { file, ...files } = auditFilesIn(temporary.folder);
    expect(() => refuseRolledBack(file, files)).toThrow(expect.objectContaining({ code: 'storage_rolled_back' }));
  }, 90_000);

  it.each([
    ['heddle.db was cut', () => truncateSync(inFolder('heddle.db'), 8_192), 'storage_corrupt'],
    ['heddle.db was removed', () => rmSync(inFolder('heddle.db')), 'storage_failed'],
    ['heddle.db-shm was removed', () => rmSync(inFolder('heddle.db-shm')), 'storage_failed'],
    ['the folder of values was removed', () => rmSync(inFolder('blobs'), { recursive: true }), 'storage_failed'],
  ])(
    'refuses runs within a second after %s',
    async (_what, change, code) => {
      let changedAt = 0;
      let noticedAfter = Infinity;
      const end = await runChild(watchedChild, [temporary.folder], {
        onLine: (line, kill) => {
          if (line === 'run-30 kept') {
            change();
            changedAt = performance.now();
            writeFileSync(inFolder('changed'), '');
          }
          if (line.endsWith('kept')) return;
          noticedAfter = Math.min(noticedAfter, performance.now() - changedAt);
          expect(line).toContain(code);
          kill('SIGKILL');
        },
      });
      expect(end.errors).toBe('');
      expect(noticedAfter).toBeLessThan(5_000);
    },
    90_000,
  );

  it('continues when a moved file is back, and never after a file was cut', async () => {
    mkdirSync(inFolder('blobs'));
    const opened = openAudited(temporary.folder, createFakeClock(1_000));
    opened.database.watchFiles([inFolder('blobs')]);
    await acceptRun(opened.journal, 'run-a');
    renameSync(inFolder('blobs'), inFolder('away'));
    await wait(700);
    await expect(acceptRun(opened.journal, 'run-b')).rejects.toMatchObject({ code: 'storage_failed' });
    await expect(
      opened.audit.write({ kind: 'stop', who: 'a', subject: 'x', details: { step: 'released' } }),
    ).rejects.toMatchObject({ code: 'storage_failed' });
    renameSync(inFolder('away'), inFolder('blobs'));
    await acceptRun(opened.journal, 'run-c');
    opened.database.emptyLog();
    await acceptRun(opened.journal, 'run-d');
    truncateSync(inFolder('heddle.db-wal'), 100);
    await expect(acceptRun(opened.journal, 'run-e')).rejects.toMatchObject({ code: 'storage_corrupt' });
    truncateSync(inFolder('heddle.db-wal'), 1_000_000);
    await expect(acceptRun(opened.journal, 'run-f')).rejects.toMatchObject({ code: 'storage_corrupt' });
    await opened.close().catch(() => undefined);
  });

  it.each([0, 20_000])(
    'reports at the next start that its log was cut to %s bytes, even after an orderly stop',
    async (size) => {
      const opened = openAudited(temporary.folder, createFakeClock(1_000));
      for (let number = 0; number < 30; number += 1) await acceptRun(opened.journal, `run-${number}`);
      truncateSync(inFolder('heddle.db-wal'), size);
      await expect(acceptRun(opened.journal, 'run-late')).rejects.toMatchObject({ code: 'storage_corrupt' });
      await opened.close().catch(() => undefined);
      const start = (): void => {
        const { file, ...files } = auditFilesIn(temporary.folder);
        refuseRolledBack(file, files);
        openDatabase(file).close();
      };
      expect(start).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^storage_(?:rolled_back|corrupt)$/) }),
      );
    },
  );
});
