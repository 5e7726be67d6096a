import type { ErrorValue, RunSummary } from '@heddle/core';
import type { ProjectView } from '../../auth/rights/project-view.js';

/**
 * Gives, by run, the reason why runs of a list do not continue. The message names models and servers that are missing, so it requires the
 * right to read values, like the message of a failure.
 *
 * @example shownStandstills(runs, await service.whyWaiting(runs), view)
 */
export function shownStandstills(
  runs: readonly RunSummary[],
  waiting: ReadonlyMap<string, ErrorValue>,
  view: Pick<ProjectView, 'showsValuesOf'>,
): Record<string, ErrorValue> {
  const shown = runs.flatMap((run) => {
    const error = waiting.get(run.runId);
    return error === undefined ? [] : [[run.runId, view.showsValuesOf(run) ? error : withoutWhat(error)] as const];
  });
  return Object.fromEntries(shown);
}

const withoutWhat = ({ code, retryable }: ErrorValue): ErrorValue => ({
  code,
  retryable,
  message: 'No process can run it. To see what is missing, you need the right run:values.',
});
