import { truncateSync, readFileSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunEvent } from '@heddle/core';
import { acceptRun, appendTo, records } from '@heddle/core/testing';
import { openJournal } from '../testing/open-journal.js';
import { runChild, type ChildEnd } from '../testing/run-child.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const appendChild = new URL('./__fixtures__/append-child.js', import.meta.url);

describe('SQLite journal, when its process dies', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    temporary = temporaryFolder();
  });
  afterEach(() => temporary.remove());

  const seqsOf = (events: readonly RunEvent[]): number[] => events.map((event) => event.seq);
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
  const valueOf = (event: RunEvent | undefined): string =>
    event?.type === 'node-end' ? String(event.outputs['text']?.value) : 'no end';

  /** Checks that every acknowledged record is there, whole and in order, without a gap. */
  async function checkAcknowledged(lines: readonly string[]): Promise<number> {
    const opened = openJournal(temporary.folder);
    let found = 0;
    for (const runId of new Set(lines.map((line) => line.split(' ')[0] ?? ''))) {
      const events = await opened.journal.events(runId);
      expect(seqsOf(events)).toEqual(upTo(events.length));
      for (const [, seq, value = ''] of lines.map((line) => line.split(' ')).filter(([run]) => run === runId)) {
        if (value === 'accepted') continue;
        expect(valueOf(events[Number(seq) - 1]).slice(0, 40)).toBe(value);
        found += 1;
      }
    }
    await opened.close();
    return found;
  }

  it('loses no acknowledged record, however often it is killed (G1, G2)', async () => {
    const acknowledged: string[] = [];
    for (const killAfter of [9, 57, 180]) {
      const end: ChildEnd = await runChild(appendChild, [temporary.folder, '5', '5000', '25'], {
        onLine: (line, kill) => {
          acknowledged.push(line);
          if (acknowledged.length % killAfter === 0) kill('SIGKILL');
        },
      });
      expect(end).toMatchObject({ signal: 'SIGKILL', errors: '' });
      expect(await checkAcknowledged(acknowledged)).toBeGreaterThan(0);
    }
  }, 60_000);

  it.each([
    ['accept-before-commit', undefined],
    ['accept-after-commit', 0],
  ])('has the whole run or none of it after a kill at %s', async (name, lastSeq) => {
    const end = await runChild(appendChild, [temporary.folder], { environment: { HEDDLE_FAILPOINT: `${name}:kill` } });
    expect(end).toMatchObject({ signal: 'SIGKILL', lines: [] });
    const opened = openJournal(temporary.folder);
    const summary = await opened.journal.summary('run-0').catch((error: unknown) => error);
    expect(summary).toMatchObject(lastSeq === undefined ? { code: 'run_not_found' } : { status: 'queued', lastSeq });
    await opened.close();
  });

  it.each([
    ['journal-before-commit', 0],
    ['journal-after-commit', 2],
  ])('has the whole append or none of it after a kill at %s', async (name, lastSeq) => {
    await runChild(appendChild, [temporary.folder, '1', '0']);
    const end = await runChild(appendChild, [temporary.folder, '1', '1'], {
      environment: { HEDDLE_FAILPOINT: `${name}:kill` },
    });
    expect(end).toMatchObject({ signal: 'SIGKILL', lines: [] });
    const opened = openJournal(temporary.folder);
    expect(seqsOf(await opened.journal.events('run-0'))).toEqual(upTo(lastSeq));
    expect(await appendTo(opened.journal, 'run-0', [records.runStart()])).toBe(lastSeq + 1);
    await opened.close();
  });

  it('numbers records without gap or duplicate when two processes write the same runs', async () => {
    await runChild(appendChild, [temporary.folder, '2', '0']);
    const ends = await Promise.all([
      runChild(appendChild, [temporary.folder, '2', '150']),
      runChild(appendChild, [temporary.folder, '2', '150']),
    ]);
    expect(ends.map((end) => [end.code, end.errors])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(await checkAcknowledged(ends.flatMap((end) => end.lines))).toBe(600);
  }, 90_000);

  it('opens with a truncated log, and has an unbroken beginning of each run', async () => {
    const opened = openJournal(temporary.folder);
    await acceptRun(opened.journal, 'run-1');
    for (let number = 0; number < 200; number += 1)
      await appendTo(opened.journal, 'run-1', [records.nodeStart(`n${number}`), records.nodeEnd(`n${number}`)]);
    const copy = join(temporary.folder, 'cut');
    mkdirSync(copy);
    for (const ending of ['', '-wal'])
      copyFileSync(join(temporary.folder, `heddle.db${ending}`), join(copy, `heddle.db${ending}`));
    await opened.close();
    const log = join(copy, 'heddle.db-wal');
    // The log has unused space after its last frame.
    const written = readFileSync(log).findLastIndex((byte) => byte !== 0);
    truncateSync(log, Math.floor(written * 0.6));
    const cut = openJournal(copy);
    const events = await cut.journal.events('run-1');
    expect(events.length).toBeGreaterThan(20);
    expect(events.length).toBeLessThan(400);
    expect(seqsOf(events)).toEqual(upTo(events.length));
    expect(await appendTo(cut.journal, 'run-1', [records.runEnd()])).toBe(events.length + 1);
    await cut.close();
  });
});
