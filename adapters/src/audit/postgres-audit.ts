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
import { listAudit } from './audit-list.js';
import { atTerminal, type ChainHead } from './audit-log.js';
import type { HeddleAudit } from './sqlite-audit.js';
import { verifyChain } from './verify-chain.js';

/** What the audit record in Postgres works with. */
export interface PostgresAuditOptions {
  readonly database: PostgresDatabase;
  /** The tables of this process: rows that it keeps in memory are up to date after a commit. */
  readonly tables: Tables;
  readonly clock: Pick<Clock, 'now'>;
  /** If a command works on the database: the user of the operating system who typed it. */
  readonly terminal?: string;
  /** The error of what does not work on Postgres yet. */
  readonly refused?: (what: string) => HeddleError;
}

const notYet = (what: string): HeddleError =>
  new HeddleError('not_on_postgres', `${what} does not work on Postgres yet.`);

/**
 * Audit events beside the writes of their operation, in Postgres. They have no number there: a chain head would be a lock for the whole cluster,
 * so one sealer numbers the entries within a second (see `sealAudit`). What is listed and verified is what was sealed. It takes no synchronous
 * work, which only a database in a file can do in a transaction: `not_on_postgres`.
 *
 * @example const audit = createPostgresAudit({ database, tables, clock });
 */
export function createPostgresAudit(options: PostgresAuditOptions): HeddleAudit {
  const { database, tables, clock, terminal, refused = notYet } = options;
  const auditWrites = (events: AuditEvent | readonly AuditEvent[], time: number): readonly GuardedWrite[] =>
    entryWrites([events].flat().map((event) => atTerminal(auditEntry(event, time), terminal)));
  const commit: Audit['commit'] = (events, writes) => tables.commit([...writes, ...auditWrites(events, clock.now())]);
  const readAfter = (after: number, limit: number): Promise<readonly AuditRow[]> =>
    tables.all<AuditRow>('SELECT * FROM audit WHERE number > @after ORDER BY number LIMIT @limit', { after, limit });
  return {
    commit,
    write<T>(events: EventsOf<T>, work?: () => T): Promise<T> {
      if (work !== undefined || typeof events === 'function') return Promise.reject(refused('This change'));
      // Work that is not given has no result.
      return commit(events, []) as Promise<T>;
    },
    async during<T>(events: EventsOf<T> | undefined, work: () => Promise<T>): Promise<T> {
      if (events === undefined) return work();
      // A commit has no result, so events that are made from one are written after the work.
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
        ...{ number: 0, hash: chainStart },
      },
    verify: () => verifyChain(readAfter, undefined),
    content: undefined,
    acceptAsIs: () => Promise.reject(refused('The anchor of the audit record')),
  };
}

/** Entries as writes of any commit. A sealer numbers them later. */
export const entryWrites = (entries: readonly AuditEntry[]): readonly GuardedWrite[] =>
  entries.map(({ act: kind, time, who, project, subject, isAllowed, details }) => ({
    sql: `INSERT INTO audit_entries (time, kind, who, project, subject, is_allowed, details)
      VALUES (@time, @kind, @who, @project, @subject, @isAllowed, @details)`,
    values: {
      ...{ time, kind, who: cleanText(who), subject: cleanText(subject) },
      project: project === undefined ? null : cleanText(project),
      ...{ isAllowed: isAllowed ? 1 : 0, details: canonicalJson(details) },
    },
  }));
