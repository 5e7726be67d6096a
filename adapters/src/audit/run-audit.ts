import type { RunCaller } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import type { JournalProjection } from '../database/journal-projection.js';
import type { AuditLog } from './audit-log.js';
import { auditedRecords, entriesOfRecords, entryOfAcceptance, factsFrom, type RunFacts } from './run-entries.js';

/** Far more runs than are in memory at once. A run that is forgotten is read again. */
const mostRemembered = 10_000;

/**
 * Writes what runs do as audit records, in the commit of the journal: acceptance and end, each call of a model or tool, decisions on egress
 * and labels, approvals. The records hold no values, only their hashes.
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
    // written by the journal; only these two members are read
    const { caller, version } = JSON.parse(row.acceptance) as { caller?: RunCaller; version?: number };
    return factsFrom({ workflowId: row.workflow_id ?? undefined, workflowName: row.workflow_name, caller, version });
  }

  return {
    types: auditedRecords,
    accept(run, bundleHash) {
      const facts = factsFrom(run);
      known.set(run.runId, facts);
      log.add([entryOfAcceptance(run, facts, bundleHash)]);
    },
    write(runId, records) {
      log.add(entriesOfRecords(runId, factsOf(runId), records));
      if (records.some(({ type }) => type === 'run-end')) known.delete(runId);
    },
  };
}
