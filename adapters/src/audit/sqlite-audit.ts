import { HeddleError, type Audit, type Clock } from '@heddle/core';
import { readKeyFile } from '../connections/vault/key-file.js';
import { answer } from '../database/answer.js';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { JournalProjection } from '../database/journal-projection.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { AnchorKeeper } from './anchor-keeper.js';
import { readAnchor, readUnsigned, type FoundAnchor } from './audit-anchor.js';
import type { AuditRow } from './audit-chain.js';
import { createAuditContent, type AuditContent } from './audit-content.js';
import { listAudit } from './audit-list.js';
import { createAuditLog, type ChainHead } from './audit-log.js';
import { lastFileOf, lossOf, reasonOf, type AuditFiles, type ChainLoss } from './chain-loss.js';
import { AuditWriter } from './audit-writer.js';
import { createLastRecord } from './last-record.js';
import { createRunAudit } from './run-audit.js';
import { verifyChain } from './verify-chain.js';

interface SqliteAuditOptions extends AuditFiles {
  readonly clock: Clock;
  /** The operating-system user who typed the command, if a command works on the data folder directly. */
  readonly terminal?: string;
}

/** The audit log of an installation, on any database. */
export interface HeddleAudit extends Audit {
  readonly content: AuditContent;
  /** The end of the chain. A copy kept elsewhere proves later that nothing before it has changed. */
  head(): ChainHead | Promise<ChainHead>;
  /** Signs the current end of the chain as the new anchor and records the reason, such as an accepted loss or a restored backup. */
  acceptAsIs(who: string, details: Readonly<Record<string, unknown>>): Promise<void>;
}

/** The audit log of a data folder. */
export interface SqliteAudit extends HeddleAudit {
  /** The journal calls it to write what runs do. */
  readonly projection: JournalProjection;
  head(): ChainHead;
  /** How the chain differed at the start from the anchor and `audit.last`; undefined if it did not. */
  readonly loss: ChainLoss | undefined;
  anchor(): void;
  close(): void;
}

/**
 * Creates the audit log in heddle.db.
 *
 * - A record is written in the transaction of its action.
 * - Each record holds the hash of the one before it. The database refuses to change or remove a record.
 * - A signed anchor outside the database names the end of the chain, at most a second after the disk has it. `audit.last` names the newest
 *   record after each flush, before its action is acknowledged.
 * - An anchor that contradicts the chain is never replaced automatically: it proves that the chain was cut.
 *
 * @example const audit = createSqliteAudit(database, { clock, keyFile: join(folder, 'secret.key'), anchorFile: join(folder, 'audit.head') });
 */
export function createSqliteAudit(database: HeddleDatabase, options: SqliteAuditOptions): SqliteAudit {
  const key = readKey(database, options.keyFile);
  const log = createAuditLog(database, options.terminal);
  const last = createLastRecord(lastFileOf(options));
  const loss = lossOf(database.connection, foundAnchor(options.anchorFile, key), last.read());
  const anchor = { file: options.anchorFile, key, fitsChain: loss === undefined };
  const keeper = new AnchorKeeper(database, log, options.clock, anchor);
  const rows = database.connection.prepare<[number, number], AuditRow>(
    'SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT ?',
  );
  const writer = new AuditWriter(database, options.clock, log, keeper, (head) => {
    // An anchor that contradicts the chain proves a loss: neither it nor `audit.last` is overwritten.
    if (loss === undefined || keeper.isActive) last.write(head);
  });

  return {
    content: createAuditContent(sqliteTables(database), () => key),
    anchor: () => keeper.write(),
    head: () => log.head(),
    loss,
    projection: withAnchor(createRunAudit(database, log), keeper),
    write: (events) => writer.write(events, () => undefined),
    commit: (events, writes) => writer.commit(events, writes),
    during: (events, work) => writer.during(events, work),
    list: (query) => listAudit(sqliteTables(database), query),
    verify: async () => {
      const found: FoundAnchor | undefined = key === undefined ? 'forged' : readAnchor(options.anchorFile, key);
      const bad = await verifyChain((after, limit) => rows.all(after, limit), found);
      if (bad !== undefined || loss === undefined || keeper.isActive) return bad;
      return { number: loss.expected, reason: reasonOf(loss) };
    },
    acceptAsIs: (who, details) =>
      answer(() => {
        if (key === undefined) throw new HeddleError('secret_unreadable', `${options.keyFile} cannot be read.`);
        const { number } = log.head();
        const facts = { records: number, loss: loss?.kind, expected: loss?.expected, ...details };
        const event = { kind: 'setting', who, subject: 'audit' } as const;
        commitPowerSafe(database, () => writer.add({ ...event, details: { step: 'accepted as it is', ...facts } }));
        keeper.replace();
        writer.noteSafe(log.head());
      }),
    close() {
      keeper.close();
      last.close();
    },
  };
}

/** Undefined if the key file cannot be read. */
function readKey({ connection }: HeddleDatabase, keyFile: string): Buffer | undefined {
  const anySecret = connection.prepare('SELECT 1 FROM secrets LIMIT 1');
  try {
    return readKeyFile(keyFile, () => anySecret.get() === undefined);
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'secret_unreadable') return undefined;
    throw error;
  }
}

const foundAnchor = (file: string, key: Buffer | undefined): Parameters<typeof lossOf>[1] =>
  key === undefined ? readUnsigned(file) : readAnchor(file, key);

/** Adds to the projection of runs that the anchor follows each write. */
function withAnchor(runs: JournalProjection, keeper: AnchorKeeper): JournalProjection {
  return {
    types: runs.types,
    write(runId, records) {
      runs.write(runId, records);
      keeper.writeSoon();
    },
    accept(run, bundleHash) {
      runs.accept?.(run, bundleHash);
      keeper.writeSoon();
    },
  };
}
