import type { IssueList } from './issue-list.js';
import type { ResolvedNode } from './resolve-nodes.js';

/** Above this, a longest time or silence is hardly meant: thirty days. */
const mostLimitMs = 30 * 86_400_000;

/** Reports how a node is run where that cannot be meant. */
export function checkRunSettings(node: ResolvedNode, issues: IssueList): void {
  checkRetry(node, issues);
  checkLimits(node, issues);
}

/** Warns of attempts that are never made: what must not run twice is not tried again (R3, G4). */
function checkRetry({ id, document: { run } }: ResolvedNode, issues: IssueList): void {
  const attempts = run?.retry?.attempts ?? 1;
  if (run?.atMostOnce !== true || attempts === 1) return;
  issues.warning({
    code: 'retry-unused',
    node: id,
    field: 'run.retry.attempts',
    message: `'${id}' runs at most once, so its ${attempts} attempts are not made.`,
    fix: 'Take the attempts away, or let it run more than once.',
  });
}

/** Warns only: a version that was published with such a limit, and a run that goes on with it, must still compile. */
function checkLimits({ id, document: { run } }: ResolvedNode, issues: IssueList): void {
  for (const [field, what] of [
    ['wallMs', 'longest time of an attempt'],
    ['idleMs', 'longest silence'],
  ] as const) {
    const ms = run?.[field] ?? 0;
    if (ms <= mostLimitMs) continue;
    issues.warning({
      code: 'run-limit-high',
      node: id,
      field: `run.${field}`,
      message: `The ${what} of '${id}' is ${ms} ms, more than 30 days (${mostLimitMs} ms).`,
      fix: 'Write a shorter one, or leave it out: then there is no limit.',
    });
  }
}
