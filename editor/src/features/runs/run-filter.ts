import { FeedbackFilter, isTerminal, RunTrigger, type ListedRun, type RunStatus, type RunSummary } from '@heddle/core';
import type { QueryOf } from '@heddle/core/api-client';

/** The filter of a run list. */
export interface RunFilter {
  readonly status?: readonly RunStatus[] | undefined;
  readonly trigger?: RunTrigger;
  readonly workflow?: string;
  readonly search?: string;
  readonly feedback?: FeedbackFilter;
}

/** The choices of the filter by feedback. */
export const feedbackChoices: readonly (readonly [FeedbackFilter, string])[] = [
  ['any', 'With feedback'],
  ['good', 'Good'],
  ['bad', 'Bad'],
  ['comment', 'With a comment'],
  ['correction', 'With a correction'],
];

/** The statuses of the filter. */
export const stateFilters = [
  { id: 'all', title: 'All', status: undefined },
  { id: 'working', title: 'In progress', status: ['queued', 'running'] },
  { id: 'waiting', title: 'Waiting', status: ['suspended', 'paused'] },
  { id: 'done', title: 'Done', status: ['done'] },
  { id: 'failed', title: 'Failed', status: ['failed'] },
  { id: 'stopped', title: 'Cancelled', status: ['cancelled'] },
] as const satisfies readonly {
  readonly id: string;
  readonly title: string;
  readonly status: readonly RunStatus[] | undefined;
}[];

/** The filter of the run list. */
export interface ShownRuns {
  readonly state: (typeof stateFilters)[number]['id'];
  readonly trigger: RunTrigger | '';
  readonly workflow: string;
  readonly search: string;
  readonly feedback: FeedbackFilter | '';
}

/** The filter from the query of an address, so that back and reload show the same list. */
export function readShown(query: string): ShownRuns {
  const text = new URLSearchParams(query);
  return {
    state: stateFilters.find(({ id }) => id === text.get('state'))?.id ?? 'all',
    trigger: RunTrigger.safeParse(text.get('trigger')).data ?? '',
    workflow: text.get('workflow') ?? '',
    search: text.get('search') ?? '',
    feedback: FeedbackFilter.safeParse(text.get('feedback')).data ?? '',
  };
}

/** The query for the server. */
export function filterOf({ state, trigger, workflow, search, feedback }: ShownRuns): RunFilter {
  const status = stateFilters.find(({ id }) => id === state)?.status;
  return {
    status,
    ...(trigger === '' ? {} : { trigger }),
    ...(feedback === '' ? {} : { feedback }),
    workflow,
    search,
  };
}

/** The filter as a query of the server. */
export const runQuery = ({ status = [], trigger, workflow, search, feedback }: RunFilter): QueryOf<'/api/runs'> => ({
  status: status.join(',') || undefined,
  trigger,
  workflow: workflow || undefined,
  search: search?.trim() || undefined,
  feedback,
});

/** The address of a filtered run list. */
export function runsPath({ state, ...text }: ShownRuns): string {
  const parts = Object.entries({ state: state === 'all' ? '' : state, ...text }).filter(([, value]) => value !== '');
  return parts.length === 0 ? '/runs' : `/runs?${new URLSearchParams(parts).toString()}`;
}

/** Whether a changed run matches a filter, by the server's rule. A run that is listed by its feedback stays; which others have some is not known here. */
function matchesFilter(run: RunSummary, filter: RunFilter, isListed: boolean): boolean {
  if (filter.feedback !== undefined && !isListed) return false;
  if (filter.status !== undefined && !filter.status.includes(run.status)) return false;
  if (filter.trigger !== undefined && run.trigger !== filter.trigger) return false;
  if (filter.workflow !== undefined && filter.workflow !== '' && run.workflowId !== filter.workflow) return false;
  const text = filter.search?.trim().toLowerCase() ?? '';
  return text === '' || `${run.workflowName} ${run.runId} ${run.error?.message ?? ''}`.toLowerCase().includes(text);
}

/** Applies changes to a list: updates runs, removes deleted ones and those that no longer match, and adds those newer than its oldest. */
export function mergeChanged(
  list: readonly RunSummary[],
  changed: readonly ListedRun[],
  filter: RunFilter,
  isWhole: boolean,
): readonly RunSummary[] {
  const byId = new Map(list.map((run) => [run.runId, run]));
  const oldest = list.at(-1)?.acceptedAt ?? 0;
  for (const run of changed) {
    const before = byId.get(run.runId);
    if ('isDeleted' in run) {
      byId.delete(run.runId);
      continue;
    }
    if (before !== undefined && isOlder(run, before)) continue;
    if (!matchesFilter(run, filter, before !== undefined)) byId.delete(run.runId);
    else if (before !== undefined || isWhole || run.acceptedAt >= oldest) byId.set(run.runId, run);
  }
  return [...byId.values()].sort((a, b) => b.acceptedAt - a.acceptedAt);
}

/** A terminal run never changes, and `lastSeq` only grows. */
function isOlder(run: RunSummary, before: RunSummary): boolean {
  return run.lastSeq < before.lastSeq || (isTerminal(before.status) && !isTerminal(run.status));
}
