import type { ExperimentStore } from '@heddle/adapters/experiments';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import { disagreementOf, HeddleError, type AddItemsRequest, type Clock, type Principal } from '@heddle/core';
import { checkAccess } from '../../auth/rights/check-access.js';
import type { Ownership } from '../../auth/rights/ownership.js';

/** What is read of experiments. */
export interface DisagreementSources {
  readonly experiments: Pick<ExperimentStore, 'get' | 'rows' | 'cellsOfRow'>;
  readonly ownership: Ownership;
  readonly clock: Pick<Clock, 'now'>;
}

const pageSize = 200;

/**
 * The runs of an experiment on which its judges disagree most, in descending order of the difference. Errors: `not_found`, also for an
 * experiment of another project; `forbidden`; `bad_request` if no answer has two judges.
 */
export async function disagreedRuns(
  { experiments, ownership, clock }: DisagreementSources,
  project: string,
  { experiment, metrics, least, limit }: NonNullable<AddItemsRequest['disagreement']>,
  caller: Principal,
): Promise<readonly string[]> {
  const resource = await ownership.resourceOf('experiment', experiment, caller);
  // Answers stay in their project, even if the caller is a member of both.
  if (resource.project !== project) throw new HeddleError('not_found', 'There is no such experiment here.');
  checkAccess(caller, 'run:values', resource, clock, experiment);
  const { body } = await experiments.get(experiment);
  const found: { readonly run: string; readonly apart: number }[] = [];
  let isJudgedTwice = false;
  for (let after = 0; ; after += pageSize) {
    const page = await experiments.rows(experiment, after, pageSize);
    for (const { number } of page)
      for (const { run, evaluations } of await experiments.cellsOfRow(experiment, number)) {
        const apart = disagreementOf(evaluations, body, metrics);
        isJudgedTwice ||= apart !== undefined;
        if (run !== undefined && apart !== undefined && apart >= least) found.push({ run, apart });
      }
    if (page.length < pageSize) break;
    await yieldToEventLoop();
  }
  if (!isJudgedTwice)
    throw new HeddleError(
      'bad_request',
      'No answer of the experiment has the scores of two judges: name two of its metrics, or choose an experiment with two judges or a panel.',
    );
  // The sort is stable, so runs with equal differences keep the order of the rows.
  return [...new Set(found.sort((a, b) => b.apart - a.apart).map(({ run }) => run))].slice(0, limit);
}
