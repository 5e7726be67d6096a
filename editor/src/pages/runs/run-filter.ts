import { isTerminal, RunTrigger, type ListedRun, type RunStatus, type RunSummary } from '@heddle/core';
import type { RunFilter } from '../../run/run-api.js';

/** The states that runs are looked for by. */
export const stateFilters = [
  { id: 'all', title: 'All', status: undefined },
  { id: 'working', title: 'Working', status: ['queued', 'running'] },
  { id: 'waiting', title: 'Waiting', status: ['parked', 'held'] },
  { id: 'done', title: 'Done', status: ['done'] },
  { id: 'failed', title: 'Failed', status: ['failed'] },
  { id: 'stopped', title: 'Stopped', status: ['cancelled'] },
] as const satisfies readonly {
  readonly id: string;
  readonly title: string;
  readonly status: readonly RunStatus[] | undefined;
}[];

/** What of the runs is shown. */
export interface ShownRuns {
  readonly state: (typeof stateFilters)[number]['id'];
  readonly trigger: RunTrigger | '';
  readonly workflow: string;
  readonly search: string;
}

/** What of the runs the query of an address shows, so that going back and loading again show the same. */
export function readShown(query: string): ShownRuns {
  const words = new URLSearchParams(query);
  return {
    state: stateFilters.find(({ id }) => id === words.get('state'))?.id ?? 'all',
    trigger: RunTrigger.safeParse(words.get('trigger')).data ?? '',
    workflow: words.get('workflow') ?? '',
    search: words.get('search') ?? '',
  };
}

/** What the server is asked for. */
export function filterOf({ state, trigger, workflow, search }: ShownRuns): RunFilter {
  const status = stateFilters.find(({ id }) => id === state)?.status;
  return {
    ...(status === undefined ? {} : { status }),
    ...(trigger === '' ? {} : { trigger }),
    workflow,
    search,
  };
}

/** The address of the runs that are shown. */
export function runsPath({ state, ...words }: ShownRuns): string {
  const parts = Object.entries({ state: state === 'all' ? '' : state, ...words }).filter(([, value]) => value !== '');
  return parts.length === 0 ? '/runs' : `/runs?${new URLSearchParams(parts).toString()}`;
}

/** Whether a run that changed belongs into a list that is narrowed to a filter, as the server would say. */
function matchesFilter(run: RunSummary, filter: RunFilter): boolean {
  if (filter.status !== undefined && !filter.status.includes(run.status)) return false;
  if (filter.trigger !== undefined && run.trigger !== filter.trigger) return false;
  if (filter.workflow !== undefined && filter.workflow !== '' && run.workflowId !== filter.workflow) return false;
  const words = filter.search?.trim().toLowerCase() ?? '';
  return words === '' || `${run.workflowName} ${run.runId} ${run.error?.message ?? ''}`.toLowerCase().includes(words);
}

/** A list with what changed in it: newer states over older ones, what fits no more or was deleted taken out, what is newer than its oldest put in. */
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
    if (!matchesFilter(run, filter)) byId.delete(run.runId);
    else if (before !== undefined || isWhole || run.acceptedAt >= oldest) byId.set(run.runId, run);
  }
  return [...byId.values()].sort((a, b) => b.acceptedAt - a.acceptedAt);
}

/** A terminal run never changes, and the last seq only grows. */
function isOlder(run: RunSummary, before: RunSummary): boolean {
  return run.lastSeq < before.lastSeq || (isTerminal(before.status) && !isTerminal(run.status));
}
