import type { Permission, Principal, RunSummary } from '@heddle/core';
import type { Ownership } from '../../auth/rights/ownership.js';
import { checkAccess } from '../../auth/rights/check-access.js';
import type { Clock } from '@heddle/core';

type Run = Pick<RunSummary, 'runId' | 'workflowId' | 'version'>;

/** The right that a rerun requires depends on what ran: a published version, a draft, or a document from the request. */
function rightToRun({ workflowId, version }: Run): Permission {
  if (workflowId === undefined) return 'run:document';
  return version === undefined ? 'run:draft' : 'run:published';
}

/** Checks that a caller may rerun a run. Errors: `forbidden`, `run_not_found`. */
export async function checkRunAgain(
  run: Run,
  principal: Principal,
  { ownership, clock }: { readonly ownership: Ownership; readonly clock: Clock },
): Promise<void> {
  checkAccess(principal, rightToRun(run), await ownership.resourceOf('run', run.runId, principal), clock, run.runId);
}
