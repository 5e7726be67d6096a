import { FeedbackFilter, isTerminal, RunTrigger, type ListedRun, type RunStatus, type RunSummary } from '@heddle/core';
import type { QueryOf } from '@heddle/core/api-client';

/** The filter of a list of runs, as the server applies it. */
export interface RunFilter {
  readonly status?: readonly RunStatus[] | undefined;
  readonly trigger?: RunTrigger;
  readonly workflow?: string;
  readonly search?: string;
  readonly feedback?: FeedbackFilter;
}

/** The options of the filter by feedback. */
export const feedbackChoices: readonly (readonly [FeedbackFilter, string])[] = [
  ['any', 'With feedback'],
  ['good', 'Good'],
  ['bad', 'Bad'],
  ['comment', 'With a comment'],
  ['correction', 'With a correction'],
];

/** The options of the filter by status. */
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

/** The filter of the run list, as the page shows it. */
export interface ShownRuns {
  readonly state: (typeof stateFilters)[number]['id'];
  readonly trigger: RunTrigger | '';
  readonly workflow: string;
  readonly search: string;
  readonly feedback: FeedbackFilter | '';
}

/** Reads the filter from the query of an address, so that going back or reloading shows the same list. */
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

/** The filter as the server applies it. */
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

/**
 * Whether a changed run matches a filter, by the rule of the server. A filter by feedback keeps the runs that are listed and adds no
 * others, because the change does not say which runs have feedback.
 */
function matchesFilter(run: RunSummary, filter: RunFilter, isListed: boolean): boolean {
  if (filter.feedback !== undefined && !isListed) return false;
  if (filter.status !== undefined && !filter.status.includes(run.status)) return false;
  if (filter.trigger !== undefined && run.trigger !== filter.trigger) return false;
  if (filter.workflow !== undefined && filter.workflow !== '' && run.workflowId !== filter.workflow) return false;
  const text = filter.search?.trim().toLowerCase() ?? '';
  return text === '' || `${run.workflowName} ${run.runId} ${run.error?.message ?? ''}`.toLowerCase().includes(text);
}

/**
 * Applies changes to a list. Updates runs, removes those that were deleted or no longer match, and adds matching ones that are newer than
 * the oldest in the list.
 */
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

/** Whether a change is older than the listed run: `lastSeq` only grows, and a run with a terminal status never changes. */
function isOlder(run: RunSummary, before: RunSummary): boolean {
  return run.lastSeq < before.lastSeq || (isTerminal(before.status) && !isTerminal(run.status));
}
