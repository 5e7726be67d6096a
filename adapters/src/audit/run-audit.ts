import { auditEntry, type AuditEntry, type RunAcceptance, type RunCaller, type RunRecord } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import type { JournalProjection } from '../database/journal-projection.js';
import type { AuditLog } from './audit-log.js';

/** What every record of a run says of it. */
interface RunFacts {
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

/** Runs in memory at once, by far; what is forgotten is read again. */
const mostRemembered = 10_000;

/**
 * What runs do, as audit records, written in the commit of the journal: acceptance and end, each call of a model or tool, decisions on
 * egress and labels, approvals. Values never stand in them, only their hashes.
 */
export function createRunAudit(database: HeddleDatabase, log: AuditLog): JournalProjection {
  const find = database.connection.prepare<
    [string],
    { readonly workflow_id: string | null; readonly workflow_name: string; readonly acceptance: string }
  >('SELECT workflow_id, workflow_name, acceptance FROM runs WHERE id = ?');
  const known = new Map<string, RunFacts>();

  function factsOf(runId: string): RunFacts {
    const facts = known.get(runId) ?? read(runId);
    if (known.size >= mostRemembered) known.clear();
    known.set(runId, facts);
    return facts;
  }

  function read(runId: string): RunFacts {
    const row = find.get(runId);
    if (row === undefined) return { who: 'heddle', project: undefined, workflow: '', version: undefined };
    // Written by the journal; only these two members are read.
    const { caller, version } = JSON.parse(row.acceptance) as { caller?: RunCaller; version?: number };
    return factsFrom({ workflowId: row.workflow_id ?? undefined, workflowName: row.workflow_name, caller, version });
  }

  return {
    types: ['run-end', 'run-pause', 'cancel-request', 'model-call', 'tool-call', 'label-decision', 'human-input-end'],
    accept(run, bundleHash) {
      const facts = factsFrom(run);
      known.set(run.runId, facts);
      const { caller, trigger, origin, rootId } = run;
      const details = {
        step: 'accepted',
        ...workOf(facts),
        bundle: bundleHash,
        trigger,
        origin,
        root: rootId,
        channel: caller?.channel,
        key: caller?.key,
        endUser: caller?.endUser,
        for: caller?.subject,
      };
      log.add([entryOf(run.runId, facts, run.time, { kind: 'run', details })]);
    },
    write(runId, records) {
      const facts = factsOf(runId);
      const entries = records.flatMap((record) => {
        const noted = note(record);
        if (noted === undefined) return [];
        return [entryOf(runId, facts, record.time, { ...noted, details: { ...workOf(facts), ...noted.details } })];
      });
      log.add(entries);
      if (records.some(({ type }) => type === 'run-end')) known.delete(runId);
    },
  };
}

function factsFrom(run: {
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
