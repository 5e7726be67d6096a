import {
  auditEntry,
  canonicalJson,
  HeddleError,
  type Audit,
  type AuditEntry,
  type AuditEvent,
  type Clock,
  type EventsOf,
  type GuardedWrite,
  type Tables,
} from '@heddle/core';
import { cleanText } from '../postgres/clean-text.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import { withWrites } from '../postgres/pending-writes.js';
import { chainStart, type AuditRow } from './audit-chain.js';
import { createAuditContent } from './audit-content.js';
import { listAudit } from './audit-list.js';
import { atTerminal, type ChainHead } from './audit-log.js';
import type { HeddleAudit } from './sqlite-audit.js';
import { sealAudit } from './seal-audit.js';
import type { ServerAnchor } from './server-anchor.js';
import { verifyChain } from './verify-chain.js';

interface PostgresAuditOptions {
  readonly database: PostgresDatabase;
  /** The tables of this process. Rows that the process keeps in memory are up to date after a commit. */
  readonly tables: Tables;
  readonly clock: Pick<Clock, 'now'>;
  /** The operating-system user who typed the command, if a command works on the database directly. */
  readonly terminal?: string;
  /** Returns the master key. Without it, contents of model calls are refused with `secret_unreadable`. */
  readonly readKey?: () => Buffer | undefined;
  /** How far this process has seen the chain, kept outside the database. Default: not kept. */
  readonly anchor?: ServerAnchor;
}

/**
 * Writes audit events in Postgres, in the commit of their operation. They have no number there: a chain head would be a lock for the whole
 * cluster, so one sealer numbers the entries within a second (see `sealAudit`). Lists and checks read only sealed entries.
 *
 * @example const audit = createPostgresAudit({ database, tables, clock });
 */
export function createPostgresAudit(options: PostgresAuditOptions): HeddleAudit {
  const { database, tables, clock, terminal, readKey = () => undefined, anchor } = options;
  const auditWrites = (events: AuditEvent | readonly AuditEvent[], time: number): readonly GuardedWrite[] =>
    entryWrites([events].flat().map((event) => atTerminal(auditEntry(event, time), terminal)));
  const commit: Audit['commit'] = (events, writes) => tables.commit([...writes, ...auditWrites(events, clock.now())]);
  const readAfter = (after: number, limit: number): Promise<readonly AuditRow[]> =>
    tables.all<AuditRow>('SELECT * FROM audit WHERE number > @after ORDER BY number LIMIT @limit', { after, limit });
  return {
    commit,
    write: (events) => commit(events, []),
    async during<T>(events: EventsOf<T> | undefined, work: () => Promise<T>): Promise<T> {
      if (events === undefined) return work();
      // A commit has no result, so events that are made from a result are written after the operation.
      const pending = {
        database,
        writes: typeof events === 'function' ? undefined : () => auditWrites(events, clock.now()),
        isWritten: false,
      };
      const result = await withWrites(pending, work);
      if (!pending.isWritten) await commit(typeof events === 'function' ? events(result) : events, []);
      return result;
    },
    list: (query) => listAudit(tables, query),
    head: async () =>
      (await tables.get<ChainHead>('SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1')) ?? {
        number: 0,
        hash: chainStart,
      },
    verify: async () => verifyChain(readAfter, anchor?.found()),
    content: createAuditContent(tables, readKey),
    async acceptAsIs(who, details) {
      if (anchor === undefined) throw new HeddleError('secret_unreadable', 'Without a key, the chain has no anchor.');
      await sealAudit(database);
      const accepted = await anchor.acceptance();
      const facts = { records: accepted.number, loss: anchor.loss?.kind, expected: anchor.loss?.expected, ...details };
      await commit(
        { kind: 'setting', who, subject: 'audit', details: { step: 'accepted as it is', ...facts, anchor: accepted } },
        [],
      );
      await sealAudit(database);
      await anchor.replace();
    },
  };
}

/** Entries as writes of any commit. A sealer numbers them later. */
export const entryWrites = (entries: readonly AuditEntry[]): readonly GuardedWrite[] =>
  entries.map(({ act: kind, time, who, project, subject, isAllowed, details }) => ({
    sql: `INSERT INTO audit_entries (time, kind, who, project, subject, is_allowed, details)
      VALUES (@time, @kind, @who, @project, @subject, @isAllowed, @details)`,
    values: {
      time,
      kind,
      who: cleanText(who),
      subject: cleanText(subject),
      project: project === undefined ? null : cleanText(project),
      isAllowed: isAllowed ? 1 : 0,
      details: canonicalJson(details),
    },
  }));
