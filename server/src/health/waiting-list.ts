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

/** What the waiting list needs to know about runs. */
export interface RunFacts {
  readonly now: number;
  /** Milliseconds after which silence or waiting for a slot is unexpected. */
  readonly stuckMs: number;
  /** The number of all suspended runs, also beyond those in `unfinished`. */
  readonly suspended: number;
  /** Runs that have not ended, by id; the oldest if there are many. */
  readonly unfinished: ReadonlyMap<string, RunSummary>;
  readonly live: readonly LiveRun[];
  /** Runs that start next, in order. */
  readonly queued: readonly string[];
  readonly lost: readonly LostRun[];
  readonly requests: readonly OpenRequest[];
  /** Which runs processes have, where several share the database. */
  readonly placement?: Placement | undefined;
  /** When suspended runs wake by themselves. */
  readonly due: ReadonlyMap<string, number>;
}

/** Running executions, with their heartbeat and deadlines. */
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

/** Everything that waits now, and why; unexpected waits first, then the longest. */
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
    case 'person': // the list of questions contains it
    case 'nested': // the entry of its own path says what it waits for
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
  // Its time has come, and no process can go on with it.
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

/** Runs that the journal lists as running although no living process works on them. */
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
      // Where processes share the runs, one without an owner waits for a slot of any of them.
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
