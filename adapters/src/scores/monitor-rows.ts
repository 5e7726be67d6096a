import {
  DriftFinding,
  MetricInfo,
  MonitorRequest,
  Relearned,
  withoutUndefined,
  type DriftSample,
  type MonitorDrift,
  type StoredMonitor,
} from '@heddle/core';
import { z } from 'zod';

/** A row of `monitors`. */
export interface MonitorRow {
  readonly id: string;
  readonly project: string;
  readonly workflow: string;
  readonly owner: string;
  readonly setup: string;
  readonly metrics: string;
  readonly is_paused: number;
  readonly reason: string | null;
  readonly last_error: string | null;
  readonly drift: string;
  readonly created_at: number;
}

export const monitorColumns =
  'id, project, workflow, owner, setup, metrics, is_paused, reason, last_error, drift, created_at';

/** A row of `monitor_samples`. */
export interface SampleRow {
  readonly number: number;
  readonly run: string;
  readonly body: string;
  readonly vector: Uint8Array | null;
}

/** The drift of a monitor that has not compared anything yet. */
export const freshDrift: MonitorDrift = { isReferenceFull: false, afterSample: 0, findings: [] };

const Drift = z.object({
  isReferenceFull: z.boolean(),
  checkedAt: z.number().optional(),
  afterSample: z.number(),
  findings: z.array(DriftFinding),
  vectorError: z.string().optional(),
  relearned: Relearned.optional(),
});
const LastError = z.object({ at: z.number(), code: z.string() });
const SampleBody = z.object({
  inputLength: z.number(),
  answerLength: z.number().optional(),
  topScore: z.number().optional(),
  isRefused: z.boolean().optional(),
  route: z.string(),
});

export const monitorOf = (row: MonitorRow): StoredMonitor => ({
  id: row.id,
  project: row.project,
  owner: row.owner,
  createdAt: row.created_at,
  isPaused: row.is_paused === 1,
  setup: MonitorRequest.parse(JSON.parse(row.setup)),
  metrics: z.array(MetricInfo).parse(JSON.parse(row.metrics)),
  reason: row.reason ?? undefined,
  lastError: row.last_error === null ? undefined : LastError.parse(JSON.parse(row.last_error)),
  drift: Drift.parse(JSON.parse(row.drift)),
});

/** The parts of a sample that are stored as JSON. */
export const sampleBody = ({ inputLength, answerLength, topScore, isRefused, route }: DriftSample): string =>
  JSON.stringify({ inputLength, answerLength, topScore, isRefused, route });

export const sampleOf = ({ run, body, vector }: SampleRow): DriftSample =>
  withoutUndefined({
    ...SampleBody.parse(JSON.parse(body)),
    runId: run,
    // A copy, because a Float32Array must begin at a multiple of four bytes.
    vector: vector === null ? undefined : new Float32Array(Uint8Array.from(vector).buffer),
  });

export const vectorBytes = (vector: Float32Array | undefined): Uint8Array | null =>
  vector === undefined ? null : new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
