import type { ModelCalls } from '@heddle/adapters/routing';
import type { Audit, Clock, Destination, Label, RunAcceptance, ScopeRecord } from '@heddle/core';

type ModelCall = Extract<ScopeRecord, { type: 'model-call' }>;

export interface JudgingRecords {
  readonly audit: Audit;
  readonly calls: Pick<ModelCalls, 'keepCall'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Names the evaluator in its records. */
export interface JudgedBy {
  readonly run: RunAcceptance;
  readonly project: string;
  readonly evaluator: string;
  /** The run that was judged. */
  readonly judged: string | undefined;
}

/** Errors of calls that were refused before they were made. */
const refusals: ReadonlySet<string> = new Set(['budget_exceeded', 'kill_switch', 'label_refused', 'price_missing']);

/** Records a judge's call like the calls of runs: among the model calls, whose costs are summed, and in the audit log. */
export async function recordCall(records: JudgingRecords, by: JudgedBy, call: ModelCall): Promise<void> {
  const { run, evaluator } = by;
  const record = { ...call, path: evaluator, attempt: 1, time: records.clock.now() };
  await records.calls.keepCall({ owner: run.runId, workflow: run.workflowId, key: run.caller?.key, record });
  const { type: _type, started, error, ...details } = record;
  await records.audit.write({
    ...aboutOf(by),
    kind: 'model-call',
    isAllowed: error === undefined || !refusals.has(error.code),
    details: { ...details, run: by.judged, ms: record.time - started, error: error?.code },
  });
}

/** Data that left this machine, or that was refused. */
export interface Egress {
  readonly decision: 'allowed' | 'refused';
  readonly destination: Destination;
  readonly reason: string;
  readonly label: Label;
}

/** Records an egress in the audit log. */
export async function recordEgress(
  { audit }: JudgingRecords,
  by: JudgedBy,
  { decision, destination, reason, label }: Egress,
): Promise<void> {
  await audit.write({
    ...aboutOf(by),
    kind: 'egress',
    isAllowed: decision === 'allowed',
    details: {
      path: by.evaluator,
      run: by.judged,
      decision,
      label,
      reason,
      destination: destination.name,
      clearance: destination.clearance,
    },
  });
}

const aboutOf = ({ run, project }: JudgedBy) =>
  ({ who: run.caller?.principal ?? 'local', project, subject: `evaluation:${run.runId}` }) as const;
