import type { ModelCalls } from '@heddle/adapters/routing';
import type { Audit, Clock, Destination, Label, RunAcceptance, ScopeRecord } from '@heddle/core';

type ModelCall = Extract<ScopeRecord, { type: 'model-call' }>;

/** Where the calls of evaluators are recorded. */
export interface JudgingRecords {
  readonly audit: Audit;
  readonly calls: Pick<ModelCalls, 'keepCall'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What the records of one evaluator name. */
export interface JudgedBy {
  readonly run: RunAcceptance;
  readonly project: string;
  readonly evaluator: string;
  /** The run that was judged. */
  readonly judged: string | undefined;
}

/** Errors with which a call is refused before it is made. */
const refusals: ReadonlySet<string> = new Set(['budget_exceeded', 'kill_switch', 'label_refused', 'price_missing']);

/** Writes a call of a judge where the calls of runs stand: among the model calls, which spend adds up, and in the audit log. */
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

/** That data went outside of this machine, or was refused. */
export interface Egress {
  readonly decision: 'allowed' | 'refused';
  readonly destination: Destination;
  readonly reason: string;
  readonly label: Label;
}

/** Writes it into the audit log. */
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
