import type { Audit, AuditRecord, StoredValue, Tables } from '@heddle/core';
import { kindColumn, toRecord, type AuditRow } from './audit-chain.js';

const largestPage = 10_000;

/** Reads the newest records of the chain that match a query. */
export async function listAudit(
  tables: Pick<Tables, 'all'>,
  query: Parameters<Audit['list']>[0],
): Promise<readonly AuditRecord[]> {
  const { kinds, who, project, subject, from, to, before, limit = 100 } = query;
  const asked: readonly (readonly [condition: string, name: string, value: StoredValue | undefined])[] = [
    [`${kindColumn} IN (EACH @kinds)`, 'kinds', kinds === undefined ? undefined : JSON.stringify(kinds)],
    ['who = @who', 'who', who],
    ['project = @project', 'project', project],
    ['subject = @subject', 'subject', subject],
    ['time >= @from', 'from', from],
    ['time < @to', 'to', to],
    ['number < @before', 'before', before],
  ];
  const given = asked.flatMap(([condition, name, value]) => (value === undefined ? [] : [{ condition, name, value }]));
  const where = given.length === 0 ? '' : `WHERE ${given.map(({ condition }) => condition).join(' AND ')}`;
  const values = Object.fromEntries(given.map(({ name, value }) => [name, value]));
  const sql = `SELECT * FROM audit ${where} ORDER BY number DESC LIMIT @limit`;
  const rows = await tables.all<AuditRow>(sql, { ...values, limit: Math.min(limit, largestPage) });
  return rows.map(toRecord);
}
