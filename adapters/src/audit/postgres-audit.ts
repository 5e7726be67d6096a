import { canonicalJson, type Audit, type AuditEvent, type Clock, type GuardedWrite, type Tables } from '@heddle/core';

/**
 * Audit events beside the writes of their operation, in Postgres. They have no number there: a chain head would be a lock for the whole cluster,
 * so one sealer numbers the entries later.
 *
 * @example const audit = createPostgresAudit(postgresTables(database), clock);
 */
export function createPostgresAudit(tables: Tables, clock: Pick<Clock, 'now'>): Pick<Audit, 'commit'> {
  return {
    commit: (events, writes) => tables.commit([...writes, ...auditWrites(events, clock.now())]),
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
