import { HeddleError, steadyFace, type Audit, type AuditRecord, type Clock, type UntimedEntry } from '@heddle/core';
import { readKeyFile } from '../connections/vault/key-file.js';
import { answer } from '../journal/answer.js';
import { commitPowerSafe } from '../journal/commit-power-safe.js';
import type { JournalProjection } from '../journal/journal-projection.js';
import type { HeddleDatabase } from '../journal/open-database.js';
import { withAct } from '../journal/pending-act.js';
import { removeDrafts } from '../journal/remove-drafts.js';
import { withStorageErrors } from '../journal/storage-error.js';
import { draftOf, readAnchor, writeAnchor, writeAnchorBeside, type FoundAnchor } from './audit-anchor.js';
import { toRecord, type AuditRow } from './audit-chain.js';
import { createAuditContent, type AuditContent } from './audit-content.js';
import { createAuditLog } from './audit-log.js';
import { createRunAudit } from './run-audit.js';
import { verifyChain } from './verify-chain.js';

export interface SqliteAuditOptions {
  readonly clock: Clock;
  /** The key of the data folder, which the anchor is signed with. */
  readonly keyFile: string;
  /** How far the chain has come, outside the database. */
  readonly anchorFile: string;
  /** Where a command works on the folder: the user of the operating system who typed it, for the records of what they did. */
  readonly terminal?: string;
}

/** The audit record of a data folder. */
export interface SqliteAudit extends Audit {
  /** Writes what runs do: for the journal. */
  readonly projection: JournalProjection;
  readonly content: AuditContent;
  /**
   * Does work that commits by itself, and writes the entries in its first power-safe commit, of which they are told what it made; where
   * there is none, after the work, with what that made. Nothing is written of work that fails before.
   */
  during<T>(entries: (made: unknown) => readonly UntimedEntry[], work: () => Promise<T>): Promise<T>;
  /** Where the chain ends: keep it elsewhere to prove later that nothing before it has changed. */
  head(): { readonly number: number; readonly hash: string };
  /** Anchors the chain as it is, with a record that says so: after a backup was restored on purpose. */
  acceptAsIs(who: string): Promise<void>;
  /** Writes the anchor now. */
  anchor(): void;
  close(): void;
}

/** The anchor follows the chain within this time. */
const anchorMs = 1_000;
const largestPage = 10_000;

/**
 * The audit record in heddle.db.
 *
 * A1 A record is written in the transaction of its act. A2 Each holds the hash of the one before it; the database refuses to change or
 * remove one. A3 The end of the chain is anchored outside the database, signed, at most a second later. A4 An anchor that does not fit
 * is never replaced by itself: it is what proves that the chain was cut.
 *
 * @example const audit = createSqliteAudit(database, { clock, keyFile: join(folder, 'secret.key'), anchorFile: join(folder, 'audit.head') });
 */
export function createSqliteAudit(database: HeddleDatabase, options: SqliteAuditOptions): SqliteAudit {
  const { clock, keyFile, anchorFile } = options;
  const { connection, file } = database;
  const log = createAuditLog(database, options.terminal);
  const anySecret = connection.prepare('SELECT 1 FROM secrets LIMIT 1');
  const hashAt = connection.prepare<[number], string>('SELECT hash FROM audit WHERE number = ?').pluck();
  const key = readKey();
  const content = createAuditContent(database, () => key);
  let anchored = key === undefined ? -1 : firstAnchor(key);
  let stopTimer: (() => void) | undefined;

  function readKey(): Buffer | undefined {
    try {
      return readKeyFile(keyFile, () => anySecret.get() === undefined);
    } catch (error) {
      if (error instanceof HeddleError && error.code === 'secret_unreadable') return undefined;
      throw error;
    }
  }

  /** The number that is anchored; -1 where the anchor does not fit the chain (A4). */
  function firstAnchor(signing: Buffer): number {
    const found = readAnchor(anchorFile, signing);
    const { number } = log.head();
    if (found === 'missing' && number === 0) {
      writeAnchor(anchorFile, { ...log.head(), time: clock.now() }, signing);
      return 0;
    }
    if (typeof found === 'string') return -1;
    const isWhole = found.number === 0 || hashAt.get(found.number) === found.hash;
    return isWhole ? found.number : -1;
  }

  function anchor(): void {
    stopTimer?.();
    stopTimer = undefined;
    if (key === undefined || anchored < 0 || !connection.open) return;
    const head = log.head();
    if (head.number <= anchored) return;
    writeAnchor(anchorFile, { ...head, time: clock.now() }, key);
    anchored = head.number;
  }

  /** The disk has the records before it has their anchor, or a power loss would look like a chain that was cut. */
  async function anchorBeside(): Promise<void> {
    if (key === undefined || anchored < 0 || !connection.open) return;
    const head = log.head();
    const isWanted = (): boolean => !isClosed && anchored >= 0 && head.number > anchored;
    if (!isWanted()) return;
    await new Promise<void>((onSafe) => database.flushLog({ onSafe }));
    if (mayHaveDrafts) {
      // Once: one that cannot be removed must not keep every later anchor from being written.
      mayHaveDrafts = false;
      removeDrafts(draftOf(anchorFile));
    }
    if (isWanted()) await writeAnchorBeside(anchorFile, { ...head, time: clock.now() }, key, isWanted);
    if (isWanted()) anchored = head.number;
  }

  const time = steadyFace(clock);
  let isAnchoring = false;
  let isClosed = false;
  /** Of processes that died while they wrote one. */
  let mayHaveDrafts = true;
  function anchorSoon(): void {
    stopTimer ??= time.at(time.now() + anchorMs, () => {
      stopTimer = undefined;
      if (isAnchoring) {
        anchorSoon();
        return;
      }
      isAnchoring = true;
      anchorBeside()
        .catch(() => undefined) // the chain stays whole without it; the next record tries again
        .finally(() => (isAnchoring = false));
    });
  }

  const runs = createRunAudit(database, log);
  const add = (entries: readonly UntimedEntry[]): void => {
    const time = clock.now();
    log.add(entries.map((entry) => ({ ...entry, time })));
  };

  const act = <T>(
    entries: readonly UntimedEntry[] | ((made: T) => readonly UntimedEntry[]),
    work: () => T,
  ): Promise<T> =>
    answer(() => {
      const result = commitPowerSafe(database, () => {
        const made = work();
        add(typeof entries === 'function' ? entries(made) : entries);
        return made;
      });
      anchorSoon();
      return result;
    });

  return {
    content,
    anchor,
    head: () => log.head(),
    projection: {
      types: runs.types,
      write(runId, records) {
        runs.write(runId, records);
        anchorSoon();
      },
      accept(run, bundleHash) {
        runs.accept?.(run, bundleHash);
        anchorSoon();
      },
    },
    act,
    write: (entries, work) => act(entries, () => work?.()),
    async during(entries, work) {
      const pending = { connection, write: (made: unknown) => add(entries(made)), isWritten: false };
      const result = await withAct(pending, work);
      if (pending.isWritten) anchorSoon();
      else await act(entries, () => result);
      return result;
    },
    list: (query) => answer(() => withStorageErrors(file, () => listRecords(database, query))),
    verify: async () => {
      const found: FoundAnchor | undefined = key === undefined ? 'forged' : readAnchor(anchorFile, key);
      return verifyChain(database, found);
    },
    acceptAsIs: (who) =>
      answer(() => {
        if (key === undefined) throw new HeddleError('secret_unreadable', `${keyFile} cannot be read.`);
        const { number } = log.head();
        commitPowerSafe(database, () =>
          log.add([
            {
              act: 'setting',
              time: clock.now(),
              who,
              subject: 'audit',
              isAllowed: true,
              details: { step: 'accepted as it is', records: number },
            },
          ]),
        );
        anchored = 0;
        anchor();
      }),
    close() {
      stopTimer?.();
      anchor();
      isClosed = true;
    },
  };
}

function listRecords({ connection }: HeddleDatabase, query: Parameters<Audit['list']>[0]): readonly AuditRecord[] {
  const { act, who, project, subject, from, to, before, limit = 100 } = query;
  const where: string[] = [];
  const values: (string | number)[] = [];
  const ask = (condition: string, ...given: readonly (string | number)[]): void => {
    where.push(condition);
    values.push(...given);
  };
  if (act !== undefined) ask(`act IN (${act.map(() => '?').join(', ')})`, ...act);
  if (who !== undefined) ask('who = ?', who);
  if (project !== undefined) ask('project = ?', project);
  if (subject !== undefined) ask('subject = ?', subject);
  if (from !== undefined) ask('time >= ?', from);
  if (to !== undefined) ask('time < ?', to);
  if (before !== undefined) ask('number < ?', before);
  const condition = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const rows = connection
    .prepare<(string | number)[], AuditRow>(`SELECT * FROM audit ${condition} ORDER BY number DESC LIMIT ?`)
    .all(...values, Math.min(limit, largestPage));
  return rows.map(toRecord);
}
