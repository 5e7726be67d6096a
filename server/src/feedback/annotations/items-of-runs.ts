import {
  authorise,
  isAtMost,
  isTerminal,
  joinLabels,
  subjectOf,
  withoutUndefined,
  type AddItemsReply,
  type AddItemsRequest,
  type Clock,
  type LabelLevel,
  type NewItem,
  type Principal,
  type RunQuery,
  type RunSummary,
  type StoredQueue,
} from '@heddle/core';
import { createHash, randomInt } from 'node:crypto';
import { undefinedIf } from '../../common/undefined-if.js';
import { checkAccess } from '../../auth/rights/check-access.js';
import type { Ownership } from '../../auth/rights/ownership.js';
import type { RunService } from '../../runs/run.service.js';
import type { WorkflowService } from '../../workflows/workflow.service.js';
import { disagreedRuns, type DisagreementSources } from './disagreed-runs.js';
import { contentsOfRun, type RunJournal } from '../contents-of-run.js';

export interface ItemSources {
  readonly journal: RunJournal;
  readonly runs: Pick<RunService, 'page'>;
  readonly workflows: Pick<WorkflowService, 'get'>;
  readonly ownership: Ownership;
  readonly experiments: DisagreementSources['experiments'];
  readonly clock: Pick<Clock, 'now'>;
}

/** The items to add, and how many runs or pairs were left out. */
interface FoundItems extends Pick<AddItemsReply, 'above' | 'refused'> {
  readonly items: readonly NewItem[];
}

/** The items of a request that the queue may contain. Errors: `workflow_not_found`. */
export async function itemsOfRuns(
  sources: ItemSources,
  queue: StoredQueue,
  request: AddItemsRequest,
  caller: Principal,
): Promise<FoundItems> {
  const given: readonly (readonly string[])[] =
    request.pairs ?? (await runIds(sources, queue, request, caller)).map((run) => [run]);
  const items: NewItem[] = [];
  const left = { above: 0, refused: 0 };
  for (const runs of request.sample === undefined ? given : sampleOf(given, request.sample)) {
    const found = await itemOf(sources, queue, runs, caller);
    if (typeof found === 'string') left[found] += 1;
    else items.push(found);
  }
  return { items, ...left };
}

async function runIds(
  sources: ItemSources,
  { project }: StoredQueue,
  { runs, filter, disagreement }: AddItemsRequest,
  caller: Principal,
): Promise<readonly string[]> {
  if (runs !== undefined) return [...new Set(runs)];
  if (disagreement !== undefined) return disagreedRuns(sources, project, disagreement, caller);
  if (filter === undefined) return [];
  const { workflow, since = 0, feedback, search, limit } = filter;
  const { ownership, workflows, clock } = sources;
  checkAccess(caller, 'workflow:read', await ownership.resourceOf('workflow', workflow, caller), clock, workflow);
  const { id: workflowId } = await workflows.get(workflow);
  const found: string[] = [];
  let query: RunQuery = withoutUndefined({ workflowId, status: ['done'], feedback, search, limit: 200 });
  for (;;) {
    const { runs: page, next } = await sources.runs.page(query);
    for (const { acceptedAt, runId } of page) {
      if (acceptedAt < since || found.length === limit) return found;
      found.push(runId);
    }
    if (next === undefined) return found;
    query = { ...query, before: next };
  }
}

/** A random sample without repetition. */
function sampleOf<T>(all: readonly T[], size: number): readonly T[] {
  const left = [...all];
  const drawn: T[] = [];
  while (drawn.length < size && left.length > 0) drawn.push(...left.splice(randomInt(left.length), 1));
  return drawn;
}

async function itemOf(
  { journal, ownership, clock }: ItemSources,
  queue: StoredQueue,
  runs: readonly string[],
  caller: Principal,
): Promise<NewItem | 'above' | 'refused'> {
  const read: { readonly run: RunSummary; readonly contents: Awaited<ReturnType<typeof contentsOfRun>> }[] = [];
  for (const runId of runs) {
    const run = await undefinedIf(['run_not_found'], () => journal.summary(runId));
    if (run === undefined || !isTerminal(run.status) || run.valuesRemovedAt !== undefined) return 'refused';
    const resource = await ownership.resourceOf('run', runId, caller);
    const isOurs = resource.project === queue.project;
    if (!isOurs || authorise(caller, 'run:values', resource, clock.now()) !== 'allowed') return 'refused';
    read.push({ run, contents: await contentsOfRun(journal, runId) });
  }
  const [first, second] = read;
  if (first === undefined || first.run.runId === second?.run.runId) return 'refused';
  if (queue.kind === 'compare' ? second === undefined : second !== undefined) return 'refused';
  const label: LabelLevel = read.map(({ contents }) => contents.label).reduce(joinLabels).level;
  if (!isAtMost(label, queue.clearance)) return 'above';
  return {
    runs: runs,
    needed: isDouble(queue, runs) ? 2 : 1,
    label,
    workflow: first.run.workflowId,
    subject: subjectOf(first.run.caller),
    batches: read.flatMap(({ contents }) => contents.batches),
  };
}

/** Chosen by a hash, so that adding the same items again gives the same choice. */
function isDouble({ id, double }: StoredQueue, runs: readonly string[]): boolean {
  const hash = createHash('sha256')
    .update([id, ...runs].join(' '))
    .digest();
  return hash.readUInt32BE(0) / 2 ** 32 < double;
}
