import {
  isTerminal,
  type ErrorValue,
  type OpenRequest,
  type RunningExecution,
  type RunSummary,
  type Waiting,
} from '@heddle/core';
import type { ExecutionSnapshot } from '@heddle/engine';
import { noWorker, type Placement } from '../runs/placement.js';
import type { LiveRun } from '../runs/state/live-run.js';
import type { LostRun } from '../runs/state/lost-runs.js';

/** The state of runs from which the waiting list is made. */
export interface RunFacts {
  readonly now: number;
  /** How many milliseconds of silence, or of waiting for a slot, are normal. */
  readonly stuckMs: number;
  /** The number of all suspended runs, including those that `unfinished` lacks. */
  readonly suspended: number;
  /** Unfinished runs by id. If there are very many, only the oldest. */
  readonly unfinished: ReadonlyMap<string, RunSummary>;
  readonly live: readonly LiveRun[];
  /** The runs that start next, in order. */
  readonly queued: readonly string[];
  readonly lost: readonly LostRun[];
  readonly requests: readonly OpenRequest[];
  /** Which processes have which runs, if several share the database. */
  readonly placement?: Placement | undefined;
  /** When suspended runs wake by a timer. */
  readonly due: ReadonlyMap<string, number>;
}

/** Running executions with their heartbeats and deadlines. */
export function runningExecutions({ live, now, unfinished }: RunFacts): RunningExecution[] {
  return live.flatMap(({ runId, snapshot }) =>
    snapshot.executions
      .filter((execution) => execution.state === 'working')
      .map(({ path, attempt, startedAt = now, aliveAt = now, wallDueAt, idleDueAt }) => ({
        runId,
        workflowName: nameOf(unfinished, runId),
        path,
        attempt,
        startedAt,
        aliveAt,
        silentSeconds: seconds(now - aliveAt),
        wallDueAt,
        idleDueAt,
      })),
  );
}

/** What waits now, and why. Unexpected waits come first, then the longest. */
export function waitingList(facts: RunFacts): Waiting[] {
  const list = [
    ...facts.lost.map((run) => ofLost(facts, run)),
    ...facts.live.flatMap((run) => ofLive(facts, run)),
    ...facts.queued.map((runId, index) => ofQueued(facts, runId, index + 1)),
    ...facts.requests.map((ask) => ofRequest(facts, ask)),
    ...[...facts.due].map(([runId, until]) => ofTimer(facts, runId, until)),
    ...withoutOwner(facts),
  ];
  return list.toSorted(
    (a, b) => Number(b.isStuck) - Number(a.isStuck) || (a.since ?? facts.now) - (b.since ?? facts.now),
  );
}

function ofLost({ unfinished }: RunFacts, { runId, error, since }: LostRun): Waiting {
  return { runId, workflowName: nameOf(unfinished, runId), reason: 'store', since, isStuck: true, error };
}

function ofLive(facts: RunFacts, { runId, snapshot }: LiveRun): Waiting[] {
  const about = { runId, workflowName: nameOf(facts.unfinished, runId) };
  const waiting = snapshot.executions.flatMap((execution) => ofExecution(facts, about, execution));
  if (snapshot.journalTries === 0) return waiting;
  const error = snapshot.journalError === undefined ? {} : { error: snapshot.journalError };
  return [{ ...about, reason: 'store', isStuck: true, ...error }, ...waiting];
}

function ofExecution(
  { now, stuckMs }: RunFacts,
  run: Pick<Waiting, 'runId' | 'workflowName'>,
  execution: ExecutionSnapshot,
): Waiting[] {
  const { path, state, startedAt, aliveAt, until } = execution;
  const about = { ...run, path, until };
  switch (state) {
    case 'slot':
      return [
        {
          ...about,
          reason: 'slot',
          isStuck: false,
          since: startedAt,
          limit: execution.limit,
          position: execution.position,
        },
      ];
    case 'retrying':
      return [{ ...about, reason: 'retry', isStuck: isOverdue(until, now, stuckMs) }];
    case 'timer':
      return [{ ...about, reason: 'timer', isStuck: isOverdue(until, now, stuckMs) }];
    case 'working':
      if (aliveAt === undefined || now - aliveAt < stuckMs) return [];
      return [{ ...about, reason: 'silent', since: aliveAt, silentSeconds: seconds(now - aliveAt), isStuck: true }];
    case 'person': // The list of human input requests contains it.
    case 'nested': // The entry of the nested run says what it waits for.
    case 'journal':
    case 'queued':
      return [];
  }
}

function ofQueued({ unfinished, now, stuckMs }: RunFacts, runId: string, position: number): Waiting {
  const since = unfinished.get(runId)?.acceptedAt;
  const isStuck = since !== undefined && now - since > stuckMs;
  return {
    runId,
    workflowName: nameOf(unfinished, runId),
    reason: 'place',
    position,
    isStuck,
    since,
  };
}

function ofRequest({ unfinished }: RunFacts, { runId, path, requestId, time, question }: OpenRequest): Waiting {
  return {
    runId,
    workflowName: nameOf(unfinished, runId),
    path,
    requestId,
    reason: 'person',
    since: time,
    isStuck: false,
    until: question.dueAt,
  };
}

function ofTimer({ unfinished, now, stuckMs, placement }: RunFacts, runId: string, until: number): Waiting {
  // The timer is due, but no process can continue the run.
  const error = placement?.missing.get(runId);
  return {
    runId,
    workflowName: nameOf(unfinished, runId),
    reason: 'timer',
    until,
    isStuck: error !== undefined || isOverdue(until, now, stuckMs),
    ...(error && { error }),
  };
}

/** Runs that the journal lists as running, although no living process has them. */
function withoutOwner({ unfinished, live, queued, lost, stuckMs, now, placement }: RunFacts): Waiting[] {
  const error = (runId: string): ErrorValue | undefined =>
    placement?.hasWorkers === false ? noWorker : placement?.missing.get(runId);
  const known = new Set([...live.map(({ runId }) => runId), ...queued, ...lost.map(({ runId }) => runId)]);
  return [...unfinished.values()]
    .filter(
      ({ runId, status }) =>
        !known.has(runId) &&
        placement?.owned.has(runId) !== true &&
        !isTerminal(status) &&
        status !== 'suspended' &&
        status !== 'paused',
    )
    .map(({ runId, workflowName, acceptedAt }) => ({
      runId,
      workflowName,
      since: acceptedAt,
      // If processes share the runs, a run without an owner waits for a slot in any of them.
      ...(error(runId) !== undefined
        ? { reason: 'owner', isStuck: true, error: error(runId) }
        : { reason: placement === undefined ? 'owner' : 'place', isStuck: now - acceptedAt > stuckMs }),
    }));
}

function isOverdue(until: number | undefined, now: number, stuckMs: number): boolean {
  return until !== undefined && now - until > stuckMs;
}

function nameOf(unfinished: ReadonlyMap<string, RunSummary>, runId: string): string {
  return unfinished.get(runId)?.workflowName ?? '';
}

const seconds = (milliseconds: number): number => Math.max(0, Math.round(milliseconds / 1000));
