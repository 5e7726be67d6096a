import type { RunTrigger } from '@heddle/core';
import { createHash } from 'node:crypto';
import { checksumOf } from '../database/damage/damaged-row.js';

/** The columns of `runs` that an acceptance fills. The STRICT table enforces their types. */
export interface AcceptanceRow {
  readonly id: string;
  readonly workflow_id: string | null;
  readonly workflow_name: string;
  readonly run_trigger: RunTrigger;
  readonly root_id: string;
  readonly origin: string | null;
  readonly accepted_at: number;
  readonly bundle: string;
  readonly acceptance: string;
  readonly blobs: string | null;
  readonly version?: number | null;
  readonly caller?: string | null;
}

/** The columns of a row of `runs` that never change. */
export interface AcceptedRow extends AcceptanceRow {
  readonly number: number;
  /** Null in rows of older versions and in rows whose values were removed. */
  readonly checksum: number | null;
}

export const acceptedColumns =
  'number, id, workflow_id, workflow_name, run_trigger, root_id, origin, accepted_at, bundle, acceptance, blobs, version, caller, checksum';

/** The checksum of an acceptance. */
export const acceptanceChecksum = (row: AcceptanceRow): number =>
  checksumOf([
    ...[row.id, row.workflow_id, row.workflow_name, row.run_trigger, row.root_id, row.origin, row.accepted_at],
    ...[row.bundle, row.acceptance, row.blobs, row.version ?? null, row.caller ?? null],
  ]);

/** Whether an acceptance is unchanged since it was written. */
export const isWholeAcceptance = (row: AcceptedRow): boolean =>
  row.checksum === null || row.checksum === acceptanceChecksum(row);

/** Whether a bundle is unchanged since it was written: its hash is its name. */
export const isWholeBundle = ({ hash, content }: { readonly hash: string; readonly content: string }): boolean =>
  hash === `sha256:${createHash('sha256').update(content).digest('hex')}`;
