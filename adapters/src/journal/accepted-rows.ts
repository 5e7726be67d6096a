import type { RunTrigger } from '@heddle/core';
import { createHash } from 'node:crypto';
import { checksumOf } from '../database/damage/damaged-row.js';

/** The columns of `runs` that an acceptance fills; types are enforced by the STRICT table. */
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

/** A row of `runs` as far as it never changes. */
export interface AcceptedRow extends AcceptanceRow {
  readonly number: number;
  /** Rows of older versions, and those whose values were removed, have none. */
  readonly checksum: number | null;
}

/** The columns of an `AcceptedRow`. */
export const acceptedColumns =
  'number, id, workflow_id, workflow_name, run_trigger, root_id, origin, accepted_at, bundle, acceptance, blobs, version, caller, checksum';

/** The checksum of what a run is accepted with. */
export const acceptanceChecksum = (row: AcceptanceRow): number =>
  checksumOf([
    ...[row.id, row.workflow_id, row.workflow_name, row.run_trigger, row.root_id, row.origin, row.accepted_at],
    ...[row.bundle, row.acceptance, row.blobs, row.version ?? null, row.caller ?? null],
  ]);

/** Whether what a run was accepted with is as it was written. */
export const isWholeAcceptance = (row: AcceptedRow): boolean =>
  row.checksum === null || row.checksum === acceptanceChecksum(row);

/** Whether a bundle is as it was written: its name is its hash. */
export const isWholeBundle = ({ hash, content }: { readonly hash: string; readonly content: string }): boolean =>
  hash === `sha256:${createHash('sha256').update(content).digest('hex')}`;
