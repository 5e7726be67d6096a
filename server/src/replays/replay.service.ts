import { inSlices } from '@heddle/adapters/event-loop';
import type { StoredReplay } from '@heddle/adapters/replays';
import { isDone } from '@heddle/adapters/stores';
import {
  authorise,
  canonicalJsonSteps,
  createRunState,
  foldRun,
  HeddleError,
  isAtMost,
  ReplayCounts,
  ReplayReply,
  StartReplayRequest,
  toHeddleError,
  withoutUndefined,
  type AuditActor,
  type PlanBundle,
  type Principal,
  type ReplayFilter,
  type ReplayInfo,
  type ReplayRowReply,
  type ReplayRowsReply,
  type ReplayRowStatus,
  type RunQuery,
  type RunSummary,
  type VersionStore,
} from '@heddle/core';
import { z } from 'zod';
import { checkAccess } from '../auth/rights/check-access.js';
import { contentHash } from '../calls/content-hash.js';
import type { CompileService } from '../compile/compile-service.js';
import { labelOfRun } from '../datasets/label-of-run.js';
import type { JobService } from '../jobs/job.service.js';
import { OwnJobs } from '../jobs/own-jobs.js';
import type { RunService } from '../runs/run.service.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import { outputsOf } from './end-row.js';
import { effectsOf, runReplay, takeAnswered, type OpenReplay, type ReplayRunning } from './run-replay.js';

interface ReplaySources extends ReplayRunning {
  readonly runs: ReplayRunning['runs'] & Pick<RunService, 'page'>;
  readonly workflows: Pick<WorkflowService, 'get' | 'document'>;
  readonly versions: Pick<VersionStore, 'get'>;
  readonly compile: Pick<CompileService, 'plan'>;
  readonly jobs: Pick<JobService, 'startOnly' | 'cancel' | 'elsewhere' | 'openKeys'>;
}

const ReplayBody = z.object({
  request: StartReplayRequest,
  project: z.string(),
  workflowName: z.string(),
  hash: z.string(),
  // Written by `start` from a compiled workflow.
  bundle: z.custom<PlanBundle>((value) => typeof value === 'object' && value !== null),
});
const ReplayResult = ReplayReply.pick({ table: true, problems: true }).extend({ effects: ReplayCounts });
/** The maximum number of replays in a list: for each one that is shown, its workflow is parsed. */
const shown = 50;
const allRows = 10_000;

/** Starts, reads, cancels and removes replays of recorded runs on a draft. A replay continues after a restart, and runs each row once. */
export class ReplayService {
  private readonly ownJobs: OwnJobs;

  constructor(private readonly sources: ReplaySources) {
    this.ownJobs = new OwnJobs(sources.jobs, keyOf);
  }

  async list(workflow: string | undefined, shows: (id: string) => boolean): Promise<readonly ReplayInfo[]> {
    const { store } = this.sources;
    // Filtered by project first, so that replays of other projects do not count towards the limit of the list.
    const ids = (await store.ids(workflow)).filter((id) => shows(id));
    return Promise.all(ids.slice(0, shown).map(async (id) => this.infoOf(await store.get(id))));
  }

  /**
   * Starts a replay; `id` is given by callers that must know it beforehand. Errors: `workflow_not_found`, `version_not_found`,
   * `workflow_invalid`, `forbidden`.
   */
  async start(request: StartReplayRequest, caller: Principal, by: AuditActor, id?: string): Promise<ReplayReply> {
    const { workflows, ownership, clock, store, audit } = this.sources;
    const resource = await ownership.resourceOf('workflow', request.workflow, caller);
    checkAccess(caller, 'run:draft', resource, clock, request.workflow);
    const { id: workflow } = await workflows.get(request.workflow);
    const { project = 'default' } = resource;
    const bundle = await this.bundleOf(workflow, request.version, project);
    const recorded = await this.recordedRuns(workflow, request.filter, caller);
    const { name: workflowName } = bundle.document;
    // The same hash as a version with this content has.
    const hash = contentHash(await inSlices(canonicalJsonSteps(bundle)));
    const body = JSON.stringify({ request, project, workflowName, hash, bundle } satisfies z.input<typeof ReplayBody>);
    const started = { step: 'started', workflow, rows: recorded.length, models: request.models } as const;
    const made = { workflow, who: caller.id, body, createdAt: clock.now() };
    const { replay, writes } = store.write.create(made, recorded, id);
    await audit.commit({ kind: 'replay', ...by, subject: `replay:${replay.id}`, details: started }, [
      ...writes,
      ...ownership.write.assign('replay', replay.id, project),
    ]);
    await this.work(replay);
    return this.get(replay.id);
  }

  /** Errors: `replay_not_found`. */
  async get(id: string): Promise<ReplayReply> {
    const { store } = this.sources;
    const { body, state } = await store.get(id);
    const { request } = ReplayBody.parse(JSON.parse(body));
    if (state === 'done') await takeAnswered({ id, request }, this.sources);
    const replay = await store.get(id);
    const result = replay.result === null ? undefined : ReplayResult.parse(JSON.parse(replay.result));
    const effects = result?.effects ?? effectsOf(await store.rows(id, { limit: allRows }));
    return { ...(await this.infoOf(replay)), request, ...result, effects };
  }

  /** Errors: `replay_not_found`. */
  async rows(
    id: string,
    query: { readonly after: number; readonly limit: number; readonly status?: readonly ReplayRowStatus[] | undefined },
  ): Promise<ReplayRowsReply> {
    const { store } = this.sources;
    await store.get(id);
    const rows = await store.rows(id, withoutUndefined(query));
    const last = rows.length === query.limit ? rows.at(-1) : undefined;
    return withoutUndefined({ rows: [...rows], next: last?.number });
  }

  /**
   * Gives a row with both answers. The caller must have the right to read the values of both runs. Errors: `replay_not_found`,
   * `run_not_found`.
   */
  async row(id: string, number: number, caller: Principal): Promise<ReplayRowReply> {
    const { store, journal, ownership, clock } = this.sources;
    const row = await store.row(id, number);
    const side = async (run: string | undefined) => {
      if (run === undefined) return {};
      checkAccess(caller, 'run:values', await ownership.resourceOf('run', run, caller), clock, run);
      return outputsOf(await journal.events(run, { showsLost: true }));
    };
    const [outputsBefore, outputsAfter] = await Promise.all([side(row.recorded), side(row.run)]);
    const { inputs } = await journal.acceptance(row.recorded);
    return { ...row, inputs: { ...inputs }, outputsBefore: { ...outputsBefore }, outputsAfter: { ...outputsAfter } };
  }

  /** Starts no more rows and cancels the running ones. Errors: `replay_not_found`. */
  async cancel(id: string, by: AuditActor): Promise<ReplayReply> {
    const { store, audit, clock, runs } = this.sources;
    const { workflow, state } = await store.get(id);
    if (state !== 'running') return this.get(id);
    const details = { step: 'cancelled', workflow } as const;
    const { end, leaveOut } = store.write;
    const ended = audit.commit({ kind: 'replay', ...by, subject: `replay:${id}`, details }, [
      end(id, 'cancelled', undefined, clock.now()),
      leaveOut(id, 'The replay was cancelled.'),
    ]);
    // The replay ended by itself, or another request cancelled it.
    if (!(await isDone(ended))) return this.get(id);
    await this.ownJobs.end(id);
    for (const { run, number } of await store.rows(id, { status: ['running'], limit: allRows })) {
      if (run !== undefined) await unlessEnded(runs.cancel(run, by.who, 'its replay was cancelled'));
      await store.endRow(id, number, { status: 'left-out', isRegression: false, why: 'The replay was cancelled.' });
    }
    return this.get(id);
  }

  /** Removes the rows of a replay; its runs stay until their retention ends. Errors: `replay_not_found`, `conflict` while it runs. */
  async remove(id: string, by: AuditActor): Promise<void> {
    const { store, audit } = this.sources;
    const { workflow, state } = await store.get(id);
    if (state === 'running') throw new HeddleError('conflict', 'The replay runs: cancel it first.');
    const details = { step: 'removed', workflow } as const;
    await audit.commit({ kind: 'replay', ...by, subject: `replay:${id}`, details }, [store.write.remove(id)]);
  }

  /** Continues the replays that no process works on. If a replay cannot continue, cancels it and stores the reason. */
  async recoverAbandoned(): Promise<void> {
    const { store, clock, tables, jobs } = this.sources;
    const open = await jobs.openKeys(keyOf(''));
    for (const replay of (await store.running()).filter(({ id }) => !open.has(keyOf(id))))
      try {
        await this.work(replay);
      } catch (error) {
        const why = `It could not be continued: ${toHeddleError(error).message}`;
        const { end, leaveOut } = store.write;
        await isDone(tables.note([end(replay.id, 'cancelled', undefined, clock.now()), leaveOut(replay.id, why)]));
      }
  }

  private async work(stored: StoredReplay): Promise<void> {
    const { request, project, hash, bundle } = ReplayBody.parse(JSON.parse(stored.body));
    const replay: OpenReplay = { ...stored, request, project, hash, bundle };
    await this.ownJobs.start(stored.id, {
      kind: 'replay',
      subject: stored.id,
      run: (work) => runReplay(replay, this.sources, work),
    });
  }

  private async bundleOf(workflow: string, version: number | undefined, project: string): Promise<PlanBundle> {
    const { versions, workflows, compile } = this.sources;
    if (version !== undefined) return (await versions.get(workflow, version)).bundle;
    const { document } = await workflows.document(workflow);
    return (await compile.plan(document, project)).bundle;
  }

  /** Finds the newest recorded runs that match the filter and whose values the caller may read, except replays and partial runs. */
  private async recordedRuns(workflowId: string, filter: ReplayFilter, caller: Principal): Promise<readonly string[]> {
    const found: string[] = [];
    let query: RunQuery = withoutUndefined({ workflowId, status: filter.status, search: filter.search, limit: 200 });
    for (;;) {
      const { runs, next } = await this.sources.runs.page(query);
      for (const run of runs) {
        if (run.acceptedAt < (filter.since ?? 0) || found.length === filter.limit) return found;
        if (await this.isWanted(run, filter, caller)) found.push(run.runId);
      }
      if (next === undefined) return found;
      query = { ...query, before: next };
    }
  }

  private async isWanted(run: RunSummary, { version, label }: ReplayFilter, caller: Principal): Promise<boolean> {
    const { ownership, clock, journal } = this.sources;
    if (run.trigger === 'replay' || run.trigger === 'test' || run.valuesRemovedAt !== undefined) return false;
    if (version !== undefined && run.version !== version) return false;
    const resource = await ownership.resourceOf('run', run.runId, caller);
    if (authorise(caller, 'run:values', resource, clock.now()) !== 'allowed') return false;
    const { options, inputs } = await journal.acceptance(run.runId);
    if (options.only !== undefined || options.from !== undefined || options.pins !== undefined) return false;
    if (label === undefined) return true;
    const state = createRunState(run.runId);
    for (const event of await journal.events(run.runId, { showsLost: true })) foldRun(state, event);
    return isAtMost(labelOfRun(state, inputs).level, label);
  }

  private async infoOf(replay: StoredReplay): Promise<ReplayInfo> {
    const { id, workflow: workflowId, who, state, createdAt, endedAt } = replay;
    const { request, workflowName, hash } = ReplayBody.parse(JSON.parse(replay.body));
    return withoutUndefined({
      id,
      workflowId,
      workflowName,
      hash,
      who,
      state,
      createdAt,
      version: request.version,
      endedAt: endedAt ?? undefined,
      rows: await this.sources.store.counts(id),
    });
  }
}

/** With this key, only one job of a replay runs at a time, in all processes. */
const keyOf = (id: string): string => `replay:${id}`;

/** The run may end by itself before it is cancelled. */
async function unlessEnded(cancelling: Promise<unknown>): Promise<void> {
  try {
    await cancelling;
  } catch (error) {
    if (!(error instanceof HeddleError && error.code === 'run_terminal')) throw error;
  }
}
