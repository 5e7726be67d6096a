import { acceptRun, createFakeClock } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../testing/run-child.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { openAudited, auditFilesIn } from './__fixtures__/audited-journal.js';
import { lossError, refuseRolledBack } from './chain-loss.js';

const acceptChild = new URL('./__fixtures__/accept-child.js', import.meta.url);

describe('a data folder that lost its newest records', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    temporary = temporaryFolder();
  });
  afterEach(() => temporary.remove());
  const inFolder = (name: string): string => join(temporary.folder, name);
  const clock = createFakeClock(5_000);
  const refuse = (): void => {
    const { file, ...files } = auditFilesIn(temporary.folder);
    refuseRolledBack(file, files);
  };

  const refusal = (): unknown => {
    try {
      refuse();
      return undefined;
    } catch (error) {
      return error;
    }
  };

  /** Accepts runs in a process that is killed right after the last acknowledgement. */
  async function acceptAndDie(count: number, first = 0): Promise<void> {
    const { signal, errors, lines } = await runChild(acceptChild, [temporary.folder, String(first), String(count)], {
      onLine: (line, kill) => line === `run-${first + count - 1}` && kill('SIGKILL'),
    });
    expect({ signal, errors }).toEqual({ signal: 'SIGKILL', errors: '' });
    expect(lines).toHaveLength(count);
  }
  const wal = (): string => inFolder('heddle.db-wal');
  const writtenBytes = (): number => readFileSync(wal()).findLastIndex((byte) => byte !== 0) + 1;
  const flip = (file: string, at: number): void => {
    const bytes = readFileSync(file);
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    writeFileSync(file, bytes);
  };

  const damages: readonly (readonly [string, () => void])[] = [
    ['is removed', () => rmSync(wal())],
    ['is emptied', () => truncateSync(wal(), 0)],
    ['is cut in the middle', () => truncateSync(wal(), Math.floor(writtenBytes() / 2))],
    ['lacks its last bytes', () => truncateSync(wal(), writtenBytes() - 20)],
    ['has one bit flipped in the middle', () => flip(wal(), Math.floor(writtenBytes() / 2))],
  ];

  it('is refused and left unchanged when its log was lost, even within the second before the anchor', async () => {
    await acceptAndDie(17);
    const databaseFiles = ['heddle.db', 'heddle.db-wal', 'heddle.db-shm'];
    for (const name of databaseFiles) cpSync(inFolder(name), inFolder(`killed-${name}`));
    for (const [how, damage] of damages) {
      for (const name of databaseFiles) cpSync(inFolder(`killed-${name}`), inFolder(name));
      damage();
      const before = readFileSync(inFolder('heddle.db'));
      const log = existsSync(wal()) ? readFileSync(wal()) : undefined;
      expect([how, refusal()]).toEqual([
        how,
        expect.objectContaining({
          code: 'storage_rolled_back',
          message: expect.stringMatching(/newest \d+ audit records are missing.*heddle restore.*heddle audit accept/s),
        }),
      ]);
      expect(readFileSync(inFolder('heddle.db')).equals(before)).toBe(true);
      if (log !== undefined) expect(readFileSync(wal()).equals(log)).toBe(true);
    }
  }, 60_000);

  it('is refused when an older copy of the database replaced it, even after new records in that copy', async () => {
    const first = openAudited(temporary.folder, clock);
    await acceptRun(first.journal, 'run-a');
    await first.close();
    copyFileSync(inFolder('heddle.db'), inFolder('old.db'));
    await acceptAndDie(3);
    rmSync(wal());
    copyFileSync(inFolder('old.db'), inFolder('heddle.db'));
    expect(refuse).toThrow(expect.objectContaining({ code: 'storage_rolled_back' }));
    const other = openAudited(temporary.folder, clock);
    for (let number = 0; number < 20; number += 1) await acceptRun(other.journal, `other-${number}`);
    await other.close();
    expect(refuse).toThrow(expect.objectContaining({ code: 'storage_rolled_back' }));
    const opened = openAudited(temporary.folder, clock);
    expect(opened.audit.loss).toMatchObject({ kind: 'rewritten' });
    await opened.close();
  });

  it('opens with every acknowledged run after a kill that lost nothing', async () => {
    await acceptAndDie(17);
    expect(refuse).not.toThrow();
    const opened = openAudited(temporary.folder, clock);
    expect(opened.audit.loss).toBeUndefined();
    for (let number = 0; number < 17; number += 1)
      expect(await opened.journal.summary(`run-${number}`)).toMatchObject({ status: 'queued' });
    await opened.close();
  });

  it('opens after a person accepted the loss, with a record of the reason and of what is missing', async () => {
    await acceptAndDie(17);
    rmSync(wal());
    const opened = openAudited(temporary.folder, clock);
    const { loss } = opened.audit;
    expect(loss).toMatchObject({ kind: 'rolled-back' });
    expect(await opened.audit.verify()).toMatchObject({ reason: expect.stringContaining('missing') });
    await opened.audit.acceptAsIs('local', { reason: 'The disk of Monday' });
    await opened.close();
    expect(refuse).not.toThrow();
    const next = openAudited(temporary.folder, clock);
    expect([next.audit.loss, await next.audit.verify()]).toEqual([undefined, undefined]);
    const [record] = await next.audit.list({ subject: 'audit' });
    expect(record).toMatchObject({
      who: 'local',
      details: { reason: 'The disk of Monday', loss: 'rolled-back', expected: loss?.expected, records: loss?.records },
    });
    await next.close();
  });

  it.each([
    ['missing', 'anchor-missing', () => rmSync(inFolder('audit.head'))],
    ['forged', 'anchor-forged', () => writeFileSync(inFolder('audit.head'), '{"number":0,"hash":"","time":1}')],
    ['signed with another key', 'anchor-forged', () => rmSync(inFolder('secret.key'))],
    ['changed by one bit', 'anchor-forged', () => flip(inFolder('audit.head'), 30)],
  ])(
    'reports an anchor that is %s as unanchored, not as a roll-back, until a person accepts it',
    async (_how, kind, damage) => {
      const first = openAudited(temporary.folder, clock);
      await acceptRun(first.journal, 'run-a');
      await first.close();
      damage();
      const { file } = auditFilesIn(temporary.folder);
      const opened = openAudited(temporary.folder, clock);
      expect(opened.audit.loss).toMatchObject({ kind });
      expect(opened.audit.loss && lossError(opened.audit.loss, file).code).toBe('audit_unanchored');
      // Neither the anchor nor the loss is replaced without a person.
      await opened.audit.write({ kind: 'stop', who: 'a', subject: 'x', details: { step: 'released' } });
      await opened.close();
      const again = openAudited(temporary.folder, clock);
      expect(again.audit.loss).toMatchObject({ kind });
      await again.audit.acceptAsIs('local', { reason: 'known' });
      await again.close();
      const last = openAudited(temporary.folder, clock);
      expect(last.audit.loss).toBeUndefined();
      await last.close();
    },
  );

  it('is compared with the anchor alone when the newest record cannot be read', async () => {
    const first = openAudited(temporary.folder, clock);
    await acceptRun(first.journal, 'run-a');
    await first.close();
    flip(inFolder('audit.last'), 15);
    expect(refuse).not.toThrow();
    rmSync(inFolder('audit.last'));
    expect(refuse).not.toThrow();
  });

  it('opens after each of 100 simulated power cuts: none is mistaken for a roll-back', async () => {
    const cuts = temporary.folder + '-cuts';
    const data = inFolder('data');
    mkdirSync(data);
    /** Stands for the disk: after each flush, the database and its log are copied here. */
    let disk = '';
    let flushes = 0;
    const names = ['heddle.db', 'heddle.db-wal', 'secret.key'];
    const keep = (): void => {
      flushes += 1;
      disk = join(cuts, `disk-${flushes}`);
      mkdirSync(disk, { recursive: true });
      for (const name of names) if (existsSync(join(data, name))) cpSync(join(data, name), join(disk, name));
    };
    const ownClock = createFakeClock(1_000);
    const opened = openAudited(data, ownClock, {
      sync: (_log, done) =>
        void setImmediate(() => {
          keep();
          done(null);
        }),
    });
    keep();
    try {
      let writes = 0;
      for (let cut = 0; cut < 100; cut += 1) {
        const working = [acceptRun(opened.journal, `run-${cut}-a`), acceptRun(opened.journal, `run-${cut}-b`)];
        if (cut % 7 === 0) {
          await opened.audit.write({
            kind: 'stop',
            who: 'a',
            subject: 'x',
            details: { step: 'set', reason: `${cut}` },
          });
          keep(); // SQLite flushed this commit itself.
          writes += 1;
        }
        for (let tick = 0; tick < cut % 5; tick += 1) await new Promise(setImmediate);
        if (cut % 3 === 0) await ownClock.advance(1_000);
        const image = join(cuts, `cut-${cut}`);
        cpSync(disk, image, { recursive: true });
        // The system may have written `audit.head` and `audit.last` already: their newest versions are the hardest case.
        for (const name of ['audit.head', 'audit.last'])
          if (existsSync(join(data, name))) cpSync(join(data, name), join(image, name));
        const { file, ...files } = auditFilesIn(image);
        expect(() => refuseRolledBack(file, files)).not.toThrow();
        if (cut % 10 === 0) {
          const after = openAudited(image, ownClock);
          expect(after.audit.loss).toBeUndefined();
          await after.close();
        }
        await Promise.all(working);
      }
      expect([writes, flushes > 100]).toEqual([15, true]);
    } finally {
      await opened.close();
      rmSync(cuts, { recursive: true, force: true });
    }
  }, 60_000);

  it('leaves a database that cannot be read to the error of opening it', () => {
    writeFileSync(inFolder('heddle.db'), 'no database');
    expect(refuse).not.toThrow();
    new Database(inFolder('other.db')).close();
    expect(() => refuseRolledBack(inFolder('other.db'), auditFilesIn(temporary.folder))).not.toThrow();
  });
});
