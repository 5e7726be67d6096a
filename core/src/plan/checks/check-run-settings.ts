import type { IssueList } from '../issue-list.js';
import type { ResolvedNode } from '../resolve-nodes.js';

/** A longer limit is probably a mistake: thirty days. */
const mostLimitMs = 30 * 86_400_000;

/** Reports run settings of a node that are probably a mistake. */
export function checkRunSettings(node: ResolvedNode, issues: IssueList): void {
  checkRetry(node, issues);
  checkLimits(node, issues);
}

/** Warns of retries that never happen: a node that must not run twice is not retried (rules "Failure" and "At most once"). */
function checkRetry({ id, document: { run } }: ResolvedNode, issues: IssueList): void {
  const attempts = run?.retry?.attempts ?? 1;
  if (run?.atMostOnce !== true || attempts === 1) return;
  issues.warning({
    code: 'retry-unused',
    node: id,
    field: 'run.retry.attempts',
    message: `'${id}' runs at most once, so it does not use its ${attempts} attempts.`,
    fix: 'Remove the retry setting, or allow the node to run more than once.',
  });
}

/** Only warns, because a published version or a running run with such a limit must still compile. */
function checkLimits({ id, document: { run } }: ResolvedNode, issues: IssueList): void {
  for (const [field, what] of [
    ['wallMs', 'time limit'],
    ['idleMs', 'idle limit'],
  ] as const) {
    const ms = run?.[field] ?? 0;
    if (ms <= mostLimitMs) continue;
    issues.warning({
      code: 'run-limit-high',
      node: id,
      field: `run.${field}`,
      message: `The ${what} of '${id}' is ${ms} ms, more than 30 days (${mostLimitMs} ms).`,
      fix: 'Set a shorter limit, or remove it to have no limit.',
    });
  }
}
