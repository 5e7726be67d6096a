import {
  HeddleError,
  runNotFound,
  renameAcceptance,
  type Blobs,
  type PlanBundle,
  type RunAcceptance,
} from '@heddle/core';
import type { z } from 'zod';
import { bundleTextInSlices } from '../database/bundle-text.js';
import { failpoint } from '../database/failpoint.js';
import { restoreLarge, storeLarge, toStoredJson, type LostValues } from './records/large-values.js';
import {
  acceptanceChecksum,
  acceptedColumns,
  isWholeAcceptance,
  isWholeBundle,
  type AcceptanceRow,
  type AcceptedRow,
} from './accepted-rows.js';
import { damagedRow, parseStored } from '../database/damage/damaged-row.js';
import type { HeddleDatabase } from '../database/open-database.js';
import type { RunStates } from './run-states.js';
import { StoredAcceptance, storedFieldsOf } from './stored-acceptance.js';
import { withStorageErrors } from '../database/storage-error.js';

export interface RunAcceptances {
  /** Serialises a run and stores its large inputs. The returned function writes the run and returns the hash of its bundle. */
  prepare(run: RunAcceptance, bundle: PlanBundle): Promise<() => string>;
  read(runId: string): Promise<RunAcceptance>;
  bundle(runId: string): string;
}

export function createRunAcceptances(
  { connection, file }: HeddleDatabase,
  blobs: Blobs,
  states: RunStates,
  onLost: NonNullable<LostValues['onLost']>,
): RunAcceptances {
  const insertBundle = connection.prepare<[string, string]>('INSERT INTO bundles VALUES (?, ?) ON CONFLICT DO NOTHING');
  const hasBundle = connection.prepare<[string], number>('SELECT 1 FROM bundles WHERE hash = ?').pluck();
  const insertRun = connection.prepare<AcceptanceRow & { readonly checksum: number }>(`
    INSERT INTO runs (id, workflow_id, workflow_name, status, run_trigger, root_id, origin, accepted_at, bundle, acceptance, blobs, version, caller, checksum)
    VALUES (@id, @workflow_id, @workflow_name, 'queued', @run_trigger, @root_id, @origin, @accepted_at, @bundle, @acceptance, @blobs, @version, @caller, @checksum)`);
  const find = connection.prepare<[string], AcceptedRow>(`SELECT ${acceptedColumns} FROM runs WHERE id = ?`);
  const findBundle = connection.prepare<[string], { readonly hash: string; readonly content: string }>(
    'SELECT hash, content FROM bundles JOIN runs ON bundles.hash = runs.bundle WHERE runs.id = +?',
  );

  return {
    async prepare(run, bundle) {
      const { hash, text } = await bundleTextInSlices(bundle);
      const row = await rowOf(run, hash, blobs);
      const withChecksum = { ...row, checksum: acceptanceChecksum(row) };
      return () => {
        if (states.has(row.id))
          throw new HeddleError('conflict', `The run id '${row.id}' is taken.`, { details: { runId: row.id } });
        // Most runs share their bundle with other runs, so its text is passed to SQLite only once.
        if (hasBundle.get(hash) === undefined) insertBundle.run(hash, text);
        const number = Number(insertRun.run(withChecksum).lastInsertRowid);
        states.add(row.id, { number, status: 'queued', lastSeq: 0, open: new Map(), streaming: new Set() });
        failpoint('accept-before-commit');
        return hash;
      };
    },
    async read(runId) {
      const row = withStorageErrors(file, () => find.get(runId));
      if (row === undefined) throw runNotFound(runId);
      const location = `runs/${row.number}`;
      const what = `The acceptance of run '${runId}'`;
      if (!isWholeAcceptance(row)) throw damagedRow(location, what);
      const value = parseStored(row.acceptance, location, what); // written by prepare
      if (row.blobs !== null) await restoreLarge(value, row.blobs, blobs, { onLost });
      return acceptanceOf(row, StoredAcceptance.parse(renameAcceptance(value)));
    },
    bundle(runId) {
      const found = findBundle.get(runId);
      if (found === undefined) throw runNotFound(runId);
      const { hash, content } = found;
      if (!isWholeBundle(found)) throw damagedRow(`bundles/${hash}`, `The workflow of run '${runId}'`);
      return content;
    },
  };
}

/** The row of an acceptance; its large inputs are stored as blobs. */
async function rowOf(run: RunAcceptance, bundleHash: string, blobs: Blobs): Promise<AcceptanceRow> {
  const { text, large } = toStoredJson(storedFieldsOf(run));
  return {
    id: run.runId,
    workflow_id: run.workflowId ?? null,
    workflow_name: run.workflowName,
    run_trigger: run.trigger,
    root_id: run.rootId,
    origin: run.origin ?? null,
    accepted_at: run.time,
    bundle: bundleHash,
    acceptance: text,
    blobs: large === undefined ? null : await storeLarge(large, blobs),
    version: run.version ?? null,
    caller: run.caller === undefined ? null : JSON.stringify(run.caller),
  };
}

function acceptanceOf(row: AcceptedRow, stored: z.infer<typeof StoredAcceptance>): RunAcceptance {
  return {
    runId: row.id,
    workflowId: row.workflow_id ?? undefined,
    workflowName: row.workflow_name,
    time: row.accepted_at,
    trigger: row.run_trigger,
    ...stored,
    rootId: row.root_id,
    origin: row.origin ?? undefined,
  };
}
