import { canonicalJson, type Audit, type AuditEvent, type Clock, type EventsOf, type GuardedWrite } from '@heddle/core';
import { withWrites } from '../postgres/pending-writes.js';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import { postgresTables } from '../postgres/postgres-tables.js';
import type { AuditRow } from './audit-chain.js';
import { listAudit } from './audit-list.js';
import { verifyChain } from './verify-chain.js';

/** The audit record in Postgres. It takes no synchronous work, which only a database of files can do in a transaction. */
export interface PostgresAudit extends Omit<Audit, 'write'> {
  write(events: AuditEvent | readonly AuditEvent[]): Promise<void>;
  /** Where the chain ends; undefined before the first record. */
  head(): Promise<Pick<AuditRow, 'number' | 'hash'> | undefined>;
}

/**
 * Audit events beside the writes of their operation, in Postgres. They have no number there: a chain head would be a lock for the whole cluster,
 * so one sealer numbers the entries within a second (see `sealAudit`). What is listed and verified is what was sealed.
 *
 * @example const audit = createPostgresAudit(database, clock);
 */
export function createPostgresAudit(database: PostgresDatabase, clock: Pick<Clock, 'now'>): PostgresAudit {
  const tables = postgresTables(database);
  const commit: Audit['commit'] = (events, writes) => tables.commit([...writes, ...auditWrites(events, clock.now())]);
  const readAfter = (after: number, limit: number): Promise<readonly AuditRow[]> =>
    tables.all<AuditRow>('SELECT * FROM audit WHERE number > @after ORDER BY number LIMIT @limit', { after, limit });
  return {
    commit,
    write: (events) => commit(events, []),
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
    head: () => tables.get('SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1'),
    verify: () => verifyChain(readAfter, undefined),
  };
}

function auditWrites(events: AuditEvent | readonly AuditEvent[], time: number): readonly GuardedWrite[] {
  return [events].flat().map(({ kind, who, project, subject, isAllowed = true, details }) => ({
    sql: `INSERT INTO audit_entries (time, kind, who, project, subject, is_allowed, details)
      VALUES (@time, @kind, @who, @project, @subject, @isAllowed, @details)`,
    values: {
      ...{ time, kind, who, project: project ?? null, subject },
      ...{ isAllowed: isAllowed ? 1 : 0, details: canonicalJson(details) },
    },
  }));
}
