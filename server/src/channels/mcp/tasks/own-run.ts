import { endUserSubject, subjectOf, toHeddleError, type RunSummary } from '@heddle/core';
import { endUserOf } from '../../../auth/end-user.js';
import type { RunService } from '../../../runs/run.service.js';
import type { McpCaller } from '../mcp-caller.js';

/** The run of a tool call that this caller made here for the same end user; undefined for any other id. */
export async function ownRun(
  runs: Pick<RunService, 'summary'>,
  runId: string,
  { principal, credentials }: McpCaller,
): Promise<RunSummary | undefined> {
  const summary = await runs.summary(runId).catch((error: unknown) => {
    if (toHeddleError(error).code !== 'run_not_found') throw error;
    return undefined;
  });
  if (summary?.caller?.principal !== principal.id || summary.caller.channel !== 'mcp') return undefined;
  const named = endUserOf(credentials.headers);
  const subject = named === undefined ? principal.id : endUserSubject(named);
  return subjectOf(summary.caller) === subject ? summary : undefined;
}
