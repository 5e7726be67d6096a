import type { ErrorValue, RunSummary } from '@heddle/core';
import type { ProjectView } from '../../auth/rights/project-view.js';

/**
 * Why runs of a list do not go on, by run. What is missing names models and servers, so it needs the right to read values, as the message of a
 * failure does.
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
  message: 'No process can run it. What is missing needs the right run:values to read.',
});
