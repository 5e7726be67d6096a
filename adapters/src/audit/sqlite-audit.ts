import { HeddleError, steadyFace, type Audit, type AuditRecord, type Clock, type UntimedEntry } from '@heddle/core';
import { readKeyFile } from '../connections/vault/key-file.js';
import { answer } from '../database/answer.js';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withAct } from '../database/pending-act.js';
import { removeDrafts } from '../database/files/remove-drafts.js';
import { withStorageErrors } from '../database/storage-error.js';
import { draftOf, readAnchor, readUnsigned, writeAnchor, writeAnchorBeside, type FoundAnchor } from './audit-anchor.js';
import { toRecord, type AuditRow } from './audit-chain.js';
import { createAuditContent, type AuditContent } from './audit-content.js';
import { createAuditLog, type ChainHead } from './audit-log.js';
import { lastFileOf, lossOf, reasonOf, type AuditPlaces, type ChainLoss } from './chain-loss.js';
import { createLastRecord } from './last-record.js';
import { createRunAudit } from './run-audit.js';
import { verifyChain } from './verify-chain.js';

export interface SqliteAuditOptions extends AuditPlaces {
  readonly clock: Clock;
  /** Where a command works on the folder: the user of the operating system who typed it, for the records of what they did. */
  readonly terminal?: string;
}

/** The audit record of a data folder. */
export interface SqliteAudit extends Audit {
  /** Writes what runs do: for the journal. */
  readonly projection: JournalProjection;
  readonly content: AuditContent;
  /**
   * Does work that commits by itself. Its entries are written in its first power-safe commit, and are made from the
   * result of that commit. If the work has no such commit, they are written after it, from its result. Nothing is
   * written if the work fails before.
   */
  during<T>(entries: (made: unknown) => readonly UntimedEntry[], work: () => Promise<T>): Promise<T>;
  /** Where the chain ends: keep it elsewhere to prove later that nothing before it has changed. */
  head(): { readonly number: number; readonly hash: string };
  /** How the chain differed at the start from the anchor and `audit.last`; undefined if it did not. */
  readonly loss: ChainLoss | undefined;
  /** Signs the current end of the chain as the new anchor and records the reason, such as an accepted loss or a restored backup. */
  acceptAsIs(who: string, details: Readonly<Record<string, unknown>>): Promise<void>;
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
 * - A record is written in the transaction of its action.
 * - Each record holds the hash of the one before it. The database refuses to change or remove a record.
 * - A signed anchor outside the database names the end of the chain, at most a second after the disk has it.
 *   `audit.last` names the newest record after each flush, before its action is acknowledged.
 * - An anchor that contradicts the chain is never replaced automatically: it proves that the chain was cut.
 *
 * @example const audit = createSqliteAudit(database, { clock, keyFile: join(folder, 'secret.key'), anchorFile: join(folder, 'audit.head') });
 */
export function createSqliteAudit(database: HeddleDatabase, options: SqliteAuditOptions): SqliteAudit {
  const { clock, keyFile, anchorFile } = options;
  const { connection, file } = database;
  const log = createAuditLog(database, options.terminal);
  const anySecret = connection.prepare('SELECT 1 FROM secrets LIMIT 1');
  const key = readKey();
  const content = createAuditContent(database, () => key);
  const last = createLastRecord(lastFileOf(options));
  const loss = findLoss();
  let anchored = key === undefined || loss !== undefined ? -1 : firstAnchor(key);
  let stopTimer: (() => void) | undefined;

  function readKey(): Buffer | undefined {
    try {
      return readKeyFile(keyFile, () => anySecret.get() === undefined);
    } catch (error) {
      if (error instanceof HeddleError && error.code === 'secret_unreadable') return undefined;
      throw error;
    }
  }

  function findLoss(): ChainLoss | undefined {
    const found = key === undefined ? readUnsigned(anchorFile) : readAnchor(anchorFile, key);
    return lossOf(connection, found, last.read());
  }

  /** The number that is anchored, if the anchor fits the chain. */
  function firstAnchor(signing: Buffer): number {
    const found = readAnchor(anchorFile, signing);
    if (typeof found === 'object') return found.number;
    writeAnchor(anchorFile, { ...log.head(), time: clock.now() }, signing);
    return 0;
  }

  function anchor(): void {
    stopTimer?.();
    stopTimer = undefined;
    if (key === undefined || anchored < 0 || !connection.open) return;
    const head = log.head();
    if (head.number <= anchored) return;
    database.flushNow();
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

  // Written first, so that no act is acknowledged whose record `audit.last` does not name.
  database.watchFlush(() => {
    const head = log.head();
    return () => noteSafe(head);
  });

  /** An anchor that contradicts the chain is never replaced automatically, so the files outside stay as they are. */
  function noteSafe(head: ChainHead): void {
    if (loss === undefined || anchored >= 0) last.write(head);
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
      noteAct();
      return result;
    });

  /** An act is on the disk with its commit, unless it is a part of one that is still open. */
  function noteAct(): void {
    if (!connection.inTransaction) noteSafe(log.head());
    anchorSoon();
  }

  return {
    content,
    anchor,
    head: () => log.head(),
    loss,
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
      if (pending.isWritten) noteAct();
      else await act(entries, () => result);
      return result;
    },
    list: (query) => answer(() => withStorageErrors(file, () => listRecords(database, query))),
    verify: async () => {
      const found: FoundAnchor | undefined = key === undefined ? 'forged' : readAnchor(anchorFile, key);
      const bad = await verifyChain(database, found);
      if (bad !== undefined || loss === undefined || anchored >= 0) return bad;
      return { number: loss.expected, reason: reasonOf(loss) };
    },
    acceptAsIs: (who, details) =>
      answer(() => {
        if (key === undefined) throw new HeddleError('secret_unreadable', `${keyFile} cannot be read.`);
        const { number } = log.head();
        const found = loss === undefined ? {} : { loss: loss.kind, expected: loss.expected };
        commitPowerSafe(database, () =>
          add([
            {
              act: 'setting',
              who,
              subject: 'audit',
              isAllowed: true,
              details: { step: 'accepted as it is', records: number, ...found, ...details },
            },
          ]),
        );
        anchored = 0;
        anchor();
        noteSafe(log.head());
      }),
    close() {
      stopTimer?.();
      try {
        anchor();
      } catch {
        // What the disk does not take now stands behind the anchor: the next start goes on from there.
      }
      isClosed = true;
      last.close();
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
