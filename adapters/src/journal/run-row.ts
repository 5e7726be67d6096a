import { ErrorValue, type RunStatus, type RunSummary, type RunTrigger } from '@heddle/core';
import { parseCaller } from './parse-caller.js';

/** The columns of `runs` that lists need. The tables enforce their types; the journals write only valid values. */
export interface RunRow {
  readonly id: string;
  readonly workflow_id: string | null;
  readonly workflow_name: string;
  readonly status: RunStatus;
  readonly run_trigger: RunTrigger;
  readonly accepted_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost: number;
  readonly error: string | null;
  readonly origin: string | null;
  readonly replay_of: string | null;
  readonly values_removed_at: number | null;
  readonly version: number | null;
  readonly caller: string | null;
  readonly last_seq: number;
}

/** Builds the summary of a run from its row. */
export function summaryOf(row: RunRow): RunSummary {
  return {
    runId: row.id,
    ...(row.workflow_id === null ? {} : { workflowId: row.workflow_id }),
    workflowName: row.workflow_name,
    status: row.status,
    trigger: row.run_trigger,
    acceptedAt: row.accepted_at,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cost: row.cost,
    ...(row.error === null ? {} : { error: ErrorValue.parse(JSON.parse(row.error)) }),
    ...(row.origin === null ? {} : { origin: row.origin }),
    ...(row.replay_of === null ? {} : { replayOf: row.replay_of }),
    ...(row.values_removed_at === null ? {} : { valuesRemovedAt: row.values_removed_at }),
    ...(row.version === null ? {} : { version: row.version }),
    ...(row.caller === null ? {} : { caller: parseCaller(row.caller) }),
    lastSeq: row.last_seq,
  };
}
