import type { Journal, RunAcceptance } from '@heddle/core';
import type { RunProjection } from '../database/journal-projection.js';
import { entryWrites } from './postgres-audit.js';
import { auditedRecords, entriesOfRecords, entryOfAcceptance, factsFrom, type RunFacts } from './run-entries.js';

/** Writes what runs do as audit entries, in the commits of a journal on Postgres. */
interface PostgresRunAudit {
  readonly projection: RunProjection;
  /** Wraps a journal so that the audit knows the caller of a run before the journal writes its records. */
  over(journal: Journal): Journal;
}

/** Far more runs than are in memory at once. A run that is forgotten is read again. */
const mostRemembered = 10_000;
const audited: ReadonlySet<string> = new Set(auditedRecords);

/**
 * Creates the audit of runs with the same entries as in heddle.db: acceptance and end, each call of a model or tool, decisions on egress
 * and labels, approvals. A sealer numbers them later.
 *
 * @example const runAudit = createPostgresRunAudit(); runAudit.over(createPostgresJournal(database, { projections: [runAudit.projection], … }));
 */
export function createPostgresRunAudit(): PostgresRunAudit {
  const known = new Map<string, RunFacts>();
  const learn = (run: RunAcceptance): RunFacts => {
    const facts = factsFrom(run);
    if (known.size >= mostRemembered) known.clear();
    known.set(run.runId, facts);
    return facts;
  };
  const unknown: RunFacts = { who: 'heddle', project: undefined, workflow: '', version: undefined };
  return {
    projection: {
      types: auditedRecords,
      accept: (run, bundle) => entryWrites([entryOfAcceptance(run, learn(run), bundle)]),
      write: (runId, records) => entryWrites(entriesOfRecords(runId, known.get(runId) ?? unknown, records)),
    },
    over: (journal) => ({
      ...journal,
      async append(runId, records, options) {
        const isAudited = records.some(({ type }) => audited.has(type));
        if (isAudited && !known.has(runId)) learn(await journal.acceptance(runId));
        const first = await journal.append(runId, records, options);
        if (records.some(({ type }) => type === 'run-end')) known.delete(runId);
        return first;
      },
    }),
  };
}
