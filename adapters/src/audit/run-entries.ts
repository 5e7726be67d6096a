import { auditEntry, type AuditEntry, type RunAcceptance, type RunRecord } from '@heddle/core';

/** The fields that every audit entry of a run has. */
export interface RunFacts {
  readonly who: string;
  readonly project: string | undefined;
  readonly workflow: string;
  readonly version: number | undefined;
}

interface Noted {
  readonly kind: 'run' | 'model-call' | 'tool-call' | 'egress' | 'declassification' | 'approval';
  readonly isAllowed?: boolean;
  readonly details: Readonly<Record<string, unknown>>;
  readonly who?: string;
}

export const auditedRecords = [
  'run-end',
  'run-pause',
  'cancel-request',
  'model-call',
  'tool-call',
  'label-decision',
  'human-input-end',
] as const satisfies readonly RunRecord['type'][];

export function entryOfAcceptance(run: RunAcceptance, facts: RunFacts, bundle: string): AuditEntry {
  const { caller, trigger, origin, rootId } = run;
  const details = {
    step: 'accepted',
    ...workOf(facts),
    bundle,
    trigger,
    origin,
    root: rootId,
    channel: caller?.channel,
    key: caller?.key,
    endUser: caller?.endUser,
    for: caller?.subject,
  };
  return entryOf(run.runId, facts, run.time, { kind: 'run', details });
}

/** Makes the audit entries for the records of a run. They contain hashes of values, never the values. */
export const entriesOfRecords = (
  runId: string,
  facts: RunFacts,
  records: readonly RunRecord[],
): readonly AuditEntry[] =>
  records.flatMap((record) => {
    const noted = note(record);
    if (noted === undefined) return [];
    return [entryOf(runId, facts, record.time, { ...noted, details: { ...workOf(facts), ...noted.details } })];
  });

/** Extracts what every entry of a run contains. */
export function factsFrom(run: {
  readonly workflowId: string | undefined;
  readonly workflowName: string;
  readonly caller?: RunAcceptance['caller'] | undefined;
  readonly version?: number | undefined;
}): RunFacts {
  return {
    who: run.caller?.principal ?? 'local',
    project: run.caller?.project,
    workflow: run.workflowId ?? run.workflowName,
    version: run.version,
  };
}

const workOf = ({ workflow, version }: RunFacts): Record<string, unknown> => ({ workflow, version });

function entryOf(runId: string, facts: RunFacts, time: number, noted: Noted): AuditEntry {
  const about = { who: noted.who ?? facts.who, project: facts.project, subject: `run:${runId}` } as const;
  return auditEntry({ ...noted, ...about }, time);
}

function note(record: RunRecord): Noted | undefined {
  switch (record.type) {
    case 'run-end': {
      const details = { step: 'ended', status: record.status, error: record.error?.code };
      return { kind: 'run', details };
    }
    case 'run-pause':
      return { kind: 'run', details: { step: 'paused', reason: record.reason } };
    case 'cancel-request': {
      const details = { step: 'cancel', reason: record.reason, code: record.code };
      return { kind: 'run', details, who: record.by };
    }
    case 'model-call':
      return noteModelCall(record);
    case 'tool-call': {
      const { path, attempt, tool, source, permission, by, argumentsHash, resultHash, label, started, error } = record;
      const { passages } = record;
      const details = { path, attempt, tool, source, permission, argumentsHash, label, ms: record.time - started };
      return {
        kind: 'tool-call',
        isAllowed: permission !== 'deny' && (error === undefined || !refusals.has(error.code)),
        details: { ...details, by, resultHash, passages, error: error?.code },
      };
    }
    case 'label-decision': {
      const { path, attempt, decision, destination, label, clearance, reason, port, to, by } = record;
      return {
        kind: decision === 'declassified' ? 'declassification' : 'egress',
        isAllowed: decision !== 'refused',
        details: { path, attempt, decision, destination, label, reason, clearance, port, to, by },
      };
    }
    case 'human-input-end': {
      const { path, attempt, requestId, outcome, by, reason } = record;
      const details = { path, attempt, requestId, outcome, reason };
      return { kind: 'approval', isAllowed: outcome === 'answered', details, who: by ?? 'heddle' };
    }
    default:
      return undefined;
  }
}

function noteModelCall(record: Extract<RunRecord, { type: 'model-call' }>): Noted {
  const { path, attempt, model, answered, kind, isLocal, parameters, promptHash, outputHash, label } = record;
  const { started, usage, finishReason, error, time, toolsHash, fileHash, manifestHash, passages } = record;
  const details = { path, attempt, model, kind, isLocal, parameters, promptHash, label, ms: time - started };
  return {
    kind: 'model-call',
    isAllowed: error === undefined || !refusals.has(error.code),
    details: {
      ...details,
      answered,
      outputHash,
      toolsHash,
      fileHash,
      manifestHash,
      passages,
      usage,
      finishReason,
      error: error?.code,
    },
  };
}

const refusals: ReadonlySet<string> = new Set([
  'tool_denied',
  'tool_changed',
  'approval_refused',
  'budget_exceeded',
  'stopped',
  'label_refused',
]);
