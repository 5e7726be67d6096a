import { hash } from 'node:crypto';
import { canonicalJson, type AuditEventKind, type AuditEntry, type AuditRecord } from '@heddle/core';
import { wellFormed } from '../vectors/well-formed.js';

/** A row of `audit`; its types are enforced by the STRICT table. */
export interface AuditRow {
  readonly number: number;
  readonly time: number;
  readonly act: AuditEventKind;
  readonly who: string;
  readonly project: string | null;
  readonly subject: string;
  readonly is_allowed: number;
  /** Canonical JSON, exactly as it was hashed. */
  readonly details: string;
  readonly previous: string;
  readonly hash: string;
}

/** The column with the kind of an event. The hashed text uses this name, so it cannot change. */
export const kindColumn = 'act';

/** The hash before the first record. */
export const chainStart = `sha256:${'0'.repeat(64)}`;

/** Makes the row of a new entry, which follows the record `after` in the chain. */
export function chainEntry(entry: AuditEntry, after: { readonly number: number; readonly hash: string }): AuditRow {
  const { time, who, project, subject, isAllowed } = entry;
  // A hostile tool server may put lone surrogates into a name. The database does not store them, so the hash is of the text without them.
  const texts = {
    who: wellFormed(who),
    subject: wellFormed(subject),
    project: project === undefined ? null : wellFormed(project),
  };
  const kept = { time, ...texts, is_allowed: isAllowed ? 1 : 0, details: canonicalJson(entry.details) };
  return chainRow({ ...kept, act: entry.act }, after);
}

/** Makes the same row for an entry that is stored already. */
export function chainRow(
  entry: Omit<AuditRow, 'number' | 'previous' | 'hash'>,
  after: { readonly number: number; readonly hash: string },
): AuditRow {
  const row = { number: after.number + 1, ...entry, previous: after.hash };
  return { ...row, hash: hashRow(row) };
}

/**
 * SHA-256 over the canonical JSON (RFC 8785) of a record without its own hash. The members are joined here in their order: the details are
 * stored as canonical JSON already, and parsing them again would cost more than the hash.
 */
export function hashRow(row: Omit<AuditRow, 'hash'>): string {
  const project = row.project === null ? '' : `"project":${JSON.stringify(row.project)},`;
  const text =
    `{"act":${JSON.stringify(row.act)},"details":${row.details},"isAllowed":${row.is_allowed === 1 ? 'true' : 'false'},` +
    `"number":${row.number},"previous":${JSON.stringify(row.previous)},${project}` +
    `"subject":${JSON.stringify(row.subject)},"time":${JSON.stringify(row.time)},"who":${JSON.stringify(row.who)}}`;
  return `sha256:${hash('sha256', text)}`;
}

/** A row as the audit port returns it. */
export function toRecord(row: AuditRow): AuditRecord {
  return {
    number: row.number,
    time: row.time,
    act: row.act,
    who: row.who,
    project: row.project ?? undefined,
    subject: row.subject,
    isAllowed: row.is_allowed === 1,
    // written by chainEntry
    details: JSON.parse(row.details) as AuditRecord['details'],
    previous: row.previous,
    hash: row.hash,
  };
}
