import { HeddleError } from '@heddle/core';
import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { readKeyFile } from '../connections/vault/key-file.js';
import { readAnchor, readUnsigned, type FoundAnchor } from './audit-anchor.js';
import { chainHead, hashAt, type ChainHead } from './audit-log.js';
import { createLastRecord } from './last-record.js';

/**
 * How the chain in the database contradicts the files beside it: the newest records are missing (`rolled-back`), a record was replaced
 * (`rewritten`), or the anchor is missing or not signed with the key of the folder (`anchor-missing`, `anchor-forged`).
 */
export interface ChainLoss {
  readonly kind: 'rolled-back' | 'rewritten' | 'anchor-missing' | 'anchor-forged';
  /** The number of the newest record in the database. */
  readonly records: number;
  /** The number of the newest record that the files name, or of the record that was replaced. */
  readonly expected: number;
}

export interface AuditFiles {
  readonly keyFile: string;
  /** Names the end of the chain, outside the database. `audit.last` beside it names the newest record that is on the disk. */
  readonly anchorFile: string;
}

/** Compares the chain with the anchor and with the newest record that reached the disk. Returns undefined if they all agree. */
export function lossOf(
  connection: Database.Database,
  anchor: FoundAnchor | undefined,
  last: ChainHead | undefined,
): ChainLoss | undefined {
  const { number: records } = chainHead(connection);
  const outside = [...(typeof anchor === 'object' ? [anchor] : []), ...(last === undefined ? [] : [last])];
  const newest = Math.max(0, ...outside.map(({ number }) => number));
  if (newest > records) return { kind: 'rolled-back', records, expected: newest };
  const other = outside.find(({ number, hash }) => number > 0 && hashAt(connection, number) !== hash);
  if (other !== undefined) return { kind: 'rewritten', records, expected: other.number };
  if (anchor === 'missing' && records > 0) return { kind: 'anchor-missing', records, expected: records };
  if (anchor === 'forged') return { kind: 'anchor-forged', records, expected: records };
  return undefined;
}

/**
 * Refuses a database whose newest audit records are missing. It runs before the first write, so the remains of a damaged log stay available
 * for a rescue. A file that cannot be read is left to `openDatabase`. Errors: `storage_rolled_back`.
 */
export function refuseRolledBack(file: string, files: AuditFiles): void {
  const loss = lossIn(file, files);
  if (loss?.kind === 'rolled-back' || loss?.kind === 'rewritten') throw lossError(loss, file);
}

function lossIn(file: string, files: AuditFiles): ChainLoss | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const connection = new Database(file, { readonly: true, fileMustExist: true });
    try {
      return lossAt(connection, files);
    } finally {
      connection.close();
    }
  } catch {
    return undefined;
  }
}

/** Finds the loss of an open database. The caller must not write to it meanwhile. */
export const lossAt = (connection: Database.Database, files: AuditFiles): ChainLoss | undefined =>
  lossOf(connection, anchorOf(files), createLastRecord(lastFileOf(files)).read());

function anchorOf({ keyFile, anchorFile }: AuditFiles): FoundAnchor | undefined {
  try {
    return readAnchor(
      anchorFile,
      readKeyFile(keyFile, () => false),
    );
  } catch {
    return readUnsigned(anchorFile);
  }
}

/** The path of `audit.last`, which names the newest record on the disk. */
export const lastFileOf = ({ anchorFile }: AuditFiles): string => anchorFile.replace(/(?:\.head)?$/, '.last');

/** Converts a loss into the error that refuses the folder and names the ways out. */
export function lossError(loss: ChainLoss, file: string): HeddleError {
  const isRolledBack = loss.kind === 'rolled-back' || loss.kind === 'rewritten';
  return new HeddleError(
    isRolledBack ? 'storage_rolled_back' : 'audit_unanchored',
    `${file}: ${reasonOf(loss)} Nothing was changed. Put the missing files back, or restore a backup (heddle restore), or accept the loss: heddle audit accept --reason "…".`,
    { details: { place: file, ...loss } },
  );
}

/** Describes a loss in a sentence. */
export function reasonOf({ kind, records, expected }: ChainLoss): string {
  switch (kind) {
    case 'rolled-back':
      return `the newest ${expected - records} audit records are missing, with the runs and changes that they record (the chain ends at record ${records}, but the disk had record ${expected}). Its log (heddle.db-wal) was removed, cut or damaged, or an older copy of the database replaced it.`;
    case 'rewritten':
      return `audit record ${expected} is not the original one: an older copy of the database replaced it and was used, or its records were rewritten.`;
    case 'anchor-missing':
      return `audit.head is missing beside it, so nothing proves that its newest records are all there (the chain ends at record ${records}).`;
    case 'anchor-forged':
      return `audit.head is damaged, or was not signed with the secret.key of this folder, so nothing proves that the newest records are all there (the chain ends at record ${records}).`;
  }
}
