import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acceptRun, appendTo, records } from '@heddle/core/testing';
import { openJournal, type OpenJournal } from '../testing/open-journal.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

describe('a run without concurrent runs', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let opened: OpenJournal;
  beforeEach(async () => {
    temporary = temporaryFolder();
    opened = openJournal(temporary.folder);
    await acceptRun(opened.journal, 'run-1');
  });
  afterEach(async () => {
    await opened.close();
    temporary.remove();
  });

  it('is committed at once; when a second run starts, commits are shared', async () => {
    const { journal } = opened;
    await journal.append('run-1', [records.runStart(), records.nodeStart('a')]);
    expect(journal.append('run-1', [records.nodeEnd('a')])).toBe(3);
    await acceptRun(journal, 'run-2');
    expect(
      await Promise.all([
        journal.append('run-1', [records.nodeEnd('b')]),
        journal.append('run-2', [records.runStart()]),
      ]),
    ).toEqual([4, 1]);
    await journal.append('run-2', [records.runEnd()]);
    expect(journal.append('run-1', [records.nodeEnd('c')])).toBe(5);
  });

  it('yields to the event loop', async () => {
    let ticks = 0;
    const count = setInterval(() => (ticks += 1), 0);
    for (let index = 0; index < 500; index += 1) await opened.journal.append('run-1', [records.nodeEnd(`n${index}`)]);
    clearInterval(count);
    expect(ticks).toBeGreaterThan(1);
  });

  describe('when another process writes to it in the same tick', () => {
    const node = (name: string) => [records.nodeStart(name), records.nodeEnd(name)];
    let other: OpenJournal;
    beforeEach(async () => {
      other = openJournal(temporary.folder);
      await opened.journal.append('run-1', [records.runStart()]);
      await other.journal.append('run-1', node('a'));
      await opened.journal.append('run-1', node('b'));
      await other.journal.append('run-1', node('c'));
      await yieldToEventLoop();
    });
    afterEach(() => other.close());

    it('continues the numbers of the other process', async () => {
      const here = opened.journal.append('run-1', node('d'));
      const there = other.journal.append('run-1', node('e'));
      expect([here, there]).toEqual([8, 10]);
      const again = opened.journal.append('run-1', node('f'));
      expect(await Promise.all([again, opened.journal.append('run-1', node('g'))])).toEqual([12, 14]);
      expect((await opened.journal.events('run-1')).map(({ seq }) => seq)).toEqual(
        Array.from({ length: 15 }, (_, index) => index + 1),
      );
    });

    it('refuses records after its end', async () => {
      expect(opened.journal.append('run-1', node('d'))).toBe(8);
      const end = other.journal.append('run-1', [records.nodeEnd('e'), records.runEnd()]);
      await expect(opened.journal.append('run-1', node('f'))).rejects.toMatchObject({ code: 'run_terminal' });
      expect(await end).toBe(10);
      expect((await opened.journal.events('run-1')).at(-1)).toMatchObject({ seq: 11, type: 'run-end' });
    });
  });

  it('keeps the order of its appends when one waits', async () => {
    const { journal } = opened;
    const firsts = [
      appendTo(journal, 'run-1', [records.nodeEnd('b')]),
      appendTo(journal, 'run-1', [records.nodeEnd('a', 'x'.repeat(100_000))]),
      appendTo(journal, 'run-1', [records.nodeStart('b')]),
    ];
    expect(await Promise.all(firsts)).toEqual([1, 2, 3]);
    expect((await journal.events('run-1')).map(({ type }) => type)).toEqual(['node-end', 'node-end', 'node-start']);
  });

  it('refuses what cannot be written, and continues', async () => {
    const { journal } = opened;
    const pages = Number(opened.database.connection.pragma('page_count', { simple: true }));
    opened.database.connection.pragma(`max_page_count = ${pages}`);
    await expect(journal.append('run-1', [records.nodeEnd('a', 'x'.repeat(60_000))])).rejects.toMatchObject({
      code: 'storage_full',
    });
    opened.database.connection.pragma('max_page_count = 1000000');
    expect(await journal.append('run-1', [records.runStart(), records.runEnd()])).toBe(1);
    await expect(journal.append('run-1', [records.nodeStart('late')])).rejects.toMatchObject({ code: 'run_terminal' });
  });
});
