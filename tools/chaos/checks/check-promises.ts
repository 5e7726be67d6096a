import { isPlainObject, isTerminal, type RunEvent, type RunEventOf } from '@heddle/core';
import { isDeepStrictEqual } from 'node:util';
import type { Evidence, JournalRun, Promised, Violation } from '../evidence.js';
import type { LedgerEntry } from '../ledger.js';
import { expectedOutputs, pathOfEffect } from '../workflow.js';
import { dueAfter, movingRuns } from '../disturbances.js';
import { checkIngests } from './check-ingests.js';
import { checkStandstills } from './check-standstills.js';
import { checkNotifications } from './check-notifications.js';
import { checkStreams, checkWatches } from './check-watches.js';

/** The maximum milliseconds from listening to the claim of a run (G5), and from the cancel request to the end of the run (G7). */
const claimMs = 2_000;
const cancelMs = 1_000;
/** An answer or a cancel request has the time of its arrival, but is recorded after what the run writes at that moment. */
const outsideMs = 1_000;

/**
 * Finds broken promises in the journal, the ledger and the history of the clients. If clocks were wrong, `straight` is the evidence with
 * corrected times; what clients saw is compared with the uncorrected times.
 */
export function checkPromises(evidence: Evidence, straight = evidence): Violation[] {
  const seen = new Map(evidence.runs.map((run) => [run.runId, run]));
  return [
    ...checkTimed(straight),
    ...checkWatches(evidence.clients.watches, seen),
    ...checkStreams(evidence.clients.streams, seen),
  ];
}

function checkTimed(evidence: Evidence): Violation[] {
  const byId = new Map(evidence.runs.map((run) => [run.runId, run]));
  return [
    ...checkAccepted(evidence, byId),
    ...evidence.runs.flatMap((run) => [
      ...checkEnd(run, evidence.cluster?.hasFiles),
      ...checkResults(run, evidence),
      ...checkClaims(run, evidence),
    ]),
    ...checkEffects(evidence),
    ...checkStatuses(evidence, byId),
    ...checkCancels(evidence),
    ...checkIngests(evidence),
    ...checkNotifications(evidence, byId),
    ...checkStandstills(evidence),
  ];
}

const violationOf = (promise: Promised, runId: string, message: string): Violation => ({ promise, runId, message });

function eventsOf<Type extends RunEvent['type']>(run: JournalRun, type: Type): readonly RunEventOf<Type>[] {
  return run.events.filter((event): event is RunEventOf<Type> => event.type === type);
}

/** G1: runs, answers and cancel requests that a client knows to be accepted are in the journal. */
function checkAccepted({ clients }: Evidence, byId: ReadonlyMap<string, JournalRun>): Violation[] {
  const lost = clients.accepted
    .filter(({ runId, tag }) => byId.get(runId)?.tag !== tag)
    .map(({ runId }) => violationOf('G1', runId, 'was accepted, and is not in the journal'));
  const forgotten = clients.answers.flatMap(({ runId, requestId, value }) => {
    const run = byId.get(runId);
    const ends =
      run === undefined ? [] : eventsOf(run, 'human-input-end').filter((event) => event.requestId === requestId);
    const isKept = ends.length === 1 && isDeepStrictEqual(ends[0]?.value, value);
    return isKept
      ? []
      : [
          violationOf(
            'G1',
            runId,
            `the answer to ${requestId} was acknowledged, the journal has ${ends.length} others`,
          ),
        ];
  });
  const ignored = clients.cancels.flatMap(({ runId, status }) => {
    const run = byId.get(runId);
    if (run === undefined || isTerminal(status)) return [];
    const wish = eventsOf(run, 'cancel-request')[0];
    if (wish === undefined)
      return [violationOf('G1', runId, `the cancel was acknowledged (${status}) and is not in the journal`)];
    return run.status === 'cancelled' || eventsOf(run, 'node-error').some(({ seq }) => seq < wish.seq)
      ? []
      : [violationOf('G1', runId, `was cancelled and ended as ${run.status}`)];
  });
  return [...lost, ...forgotten, ...ignored];
}

/** G1, G6: every run has exactly one end, which is its last event and has the right status. */
function checkEnd(run: JournalRun, hasFiles = false): Violation[] {
  const { runId, status, events, tag } = run;
  const ends = eventsOf(run, 'run-end');
  const end = ends[0];
  if (end === undefined || !isTerminal(status)) return [violationOf('G1', runId, `never ended: it is ${status}`)];
  if (ends.length > 1 || events.at(-1) !== end || end.status !== status)
    return [
      violationOf(
        'G6',
        runId,
        `has ${ends.length} ends, the status is ${status}, the last event ${events.at(-1)?.type}`,
      ),
    ];
  switch (end.status) {
    case 'done': {
      const outputs = Object.fromEntries(Object.entries(end.outputs ?? {}).map(([name, { value }]) => [name, value]));
      const { answer, word, ...rest } = outputs;
      const isRight =
        isDeepStrictEqual(rest, expectedOutputs(tag, hasFiles)) &&
        typeof word === 'string' &&
        typeof answer === 'string';
      return isRight ? [] : [violationOf('G1', runId, `gave ${JSON.stringify(outputs)}`)];
    }
    case 'cancelled':
      return eventsOf(run, 'cancel-request').length > 0 ? [] : [violationOf('G1', runId, 'was cancelled by nobody')];
    case 'failed':
      return end.error?.code === 'at_most_once' &&
        eventsOf(run, 'human-input-end').some(({ value }) => decisionOf(value) === 'fail')
        ? []
        : [violationOf('G1', runId, `failed: ${JSON.stringify(end.error)}`)];
  }
}

/** G2: an execution has one result, and no attempt starts after it. */
function checkResults(run: JournalRun, { slowness }: Evidence): Violation[] {
  const ended = new Set<string>();
  const violations: Violation[] = [];
  run.events.forEach((event, index) => {
    if (event.seq !== index + 1)
      violations.push(violationOf('G8', run.runId, `event ${index + 1} has the number ${event.seq}`));
    const earlier = run.events[index - 1]?.time ?? 0;
    const most = event.type === 'human-input-end' || event.type === 'cancel-request' ? outsideMs * slowness : 0;
    if (event.time < earlier - most)
      violations.push(
        violationOf(
          'G8',
          run.runId,
          `event ${event.seq} (${event.type}) is ${earlier - event.time} ms older than the one before`,
        ),
      );
    if (!('path' in event)) return;
    if (ended.has(event.path) && (event.type === 'node-start' || event.type === 'node-end'))
      violations.push(violationOf('G2', run.runId, `${event.path} has ended, then came ${event.type}`));
    if (event.type === 'node-end' || event.type === 'node-cached') ended.add(event.path);
  });
  return violations;
}

/** G2, G3, G4 as seen from outside: the requests of each effect in the ledger. A run that continues another shares its keys. */
function checkEffects(evidence: Evidence): Violation[] {
  const { runs, ledger } = evidence;
  const violations: Violation[] = [];
  const owners = new Map<string, string>();
  for (const [tag, group] of groupBy(runs, (run) => run.tag)) {
    const runId = group[0]?.runId ?? '';
    // A published run uses its tag as idempotency key, so there is only one run for each tag.
    if (group.filter((run) => run.rootId === run.runId).length > 1)
      violations.push(violationOf('G3', runId, `is one of ${group.length} runs of ${tag}, which was asked for once`));
    for (const [effect, entries] of groupBy(
      ledger.filter((entry) => entry.tag === tag),
      (entry) => entry.effect,
    )) {
      const keys = new Set(entries.map(({ key }) => key));
      const [key] = keys;
      if (keys.size !== 1 || key === undefined)
        violations.push(violationOf('G3', runId, `${effect} was asked for under the keys ${[...keys].join(', ')}`));
      else if ((owners.get(key) ?? `${tag} ${effect}`) !== `${tag} ${effect}`)
        violations.push(violationOf('G3', runId, `${effect} has the key of ${owners.get(key)}`));
      // A request without an answer may have come only in part; it comes again.
      const whole = entries.filter(({ isAnswered }) => isAnswered);
      if (new Set(whole.map(({ body }) => body)).size > 1)
        violations.push(violationOf('G3', runId, `${effect} was asked for with different bodies under one key`));
      if (key !== undefined) owners.set(key, `${tag} ${effect}`);
      violations.push(...checkRepeats(group, effect, entries, evidence));
    }
  }
  return violations;
}

function checkRepeats(
  group: readonly JournalRun[],
  effect: string,
  entries: readonly LedgerEntry[],
  evidence: Evidence,
): Violation[] {
  const path = pathOfEffect(effect);
  const runId = group[0]?.runId ?? '';
  const since = resultOf(group, path);
  const again = entries
    .filter(({ arrivedAt }) => arrivedAt > since && !wasHeld(arrivedAt, evidence))
    .map(({ arrivedAt }) =>
      violationOf(
        'G2',
        runId,
        `${effect} was asked for ${arrivedAt - since} ms after ${path} had its result (at ${arrivedAt})${nearFaults(arrivedAt, evidence)}`,
      ),
    );
  if (effect !== 'once') return again;
  const decisions = group.flatMap((run) => eventsOf(run, 'human-input-end')).filter((event) => event.path === path);
  const allowed = 1 + decisions.filter(({ value }) => decisionOf(value) === 'run').length;
  return entries.length <= allowed
    ? again
    : [...again, violationOf('G4', runId, `ran ${entries.length} times, a person allowed ${allowed}`)];
}

/** Gives the time of the first result of an execution. */
function resultOf(group: readonly JournalRun[], path: string): number {
  const results = group.flatMap((run) => [
    ...eventsOf(run, 'node-end'),
    // A run that continues another takes over ended nodes, but not the steps of nodes that had not ended.
    ...(group.length === 1 ? eventsOf(run, 'node-step') : []),
  ]);
  return Math.min(...results.filter((event) => event.path === path).map(({ time }) => time));
}

/** Milliseconds in which a process that continues may send what it was about to send when it was stopped. */
const goingOnMs = 2_000;

/**
 * Whether a request may come from a process that was stopped between its check of the lease and the request. When that process continues,
 * it sends the request with the same key as its successor; only the receiver can refuse it.
 */
function wasHeld(arrivedAt: number, { cluster, disturbances, slowness }: Evidence): boolean {
  return (
    cluster !== undefined &&
    disturbances.some(
      ({ kind, endedAt }) =>
        kind === 'stop' && arrivedAt >= endedAt - 50 && arrivedAt <= endedAt + goingOnMs * slowness,
    )
  );
}

/** Counts the requests of stopped processes that came after others had the result. */
export function heldRequests(evidence: Evidence): number {
  const groups = groupBy(evidence.runs, (run) => run.tag);
  return evidence.ledger.filter(({ tag, effect, arrivedAt }) => {
    const since = resultOf(groups.get(tag) ?? [], pathOfEffect(effect));
    return arrivedAt > since && wasHeld(arrivedAt, evidence);
  }).length;
}

/** Describes the faults around a moment. */
function nearFaults(time: number, { disturbances }: Evidence): string {
  const near = disturbances.filter(({ startedAt, endedAt }) => startedAt - 30_000 <= time && endedAt + 30_000 >= time);
  return near
    .map(
      ({ kind, detail, startedAt, endedAt }) => `; ${kind} ${detail ?? ''} ${startedAt - time}..${endedAt - time} ms`,
    )
    .join('');
}

/**
 * G5: after each start, every run that is neither suspended nor ended moves by itself. Not checked in a cluster, where another process may
 * have the run.
 */
function checkClaims(run: JournalRun, { lives, disturbances, slowness, cluster }: Evidence): Violation[] {
  if (cluster !== undefined) return [];
  return lives.flatMap(({ startedAt, listeningAt, diedAt = Infinity }) => {
    if (listeningAt === undefined || run.acceptedAt > startedAt) return [];
    const due = dueAfter(listeningAt, claimMs * slowness, disturbances);
    if (diedAt < due) return [];
    const before = run.events.findLast(({ time }) => time < startedAt);
    if (before?.type === 'run-suspend' || before?.type === 'run-end') return [];
    const next = run.events.find(({ time }) => time >= startedAt);
    if (next !== undefined && next.time <= due) return [];
    return [
      violationOf(
        'G5',
        run.runId,
        `did not move within ${(claimMs * slowness) / 1_000} s of the start at ${listeningAt}`,
      ),
    ];
  });
}

/** G6: the end that a client saw is final. */
function checkStatuses({ clients }: Evidence, byId: ReadonlyMap<string, JournalRun>): Violation[] {
  return clients.seen
    .filter(({ runId, status }) => isTerminal(status) && byId.get(runId)?.status !== status)
    .map(({ runId, status }) => violationOf('G6', runId, `was seen as ${status}, and is ${byId.get(runId)?.status}`));
}

/**
 * G7: within a second of the cancel request, the run has ended and its connections to the ledger are closed, unless the process died
 * before.
 */
function checkCancels({ runs, lives, ledger, disturbances, slowness, cluster }: Evidence): Violation[] {
  return runs.flatMap((run) => {
    const wish = eventsOf(run, 'cancel-request')[0];
    if (wish === undefined) return [];
    const due = dueAfter(
      wish.time,
      cancelMs * slowness,
      cluster === undefined ? disturbances : movingRuns(disturbances, cluster),
    );
    if (
      cluster === undefined &&
      lives.some(({ diedAt }) => diedAt !== undefined && diedAt >= wish.time && diedAt <= due)
    )
      return [];
    const end = eventsOf(run, 'run-end')[0];
    const open = ledger.filter(
      ({ tag, arrivedAt, closedAt = Infinity }) => tag === run.tag && arrivedAt <= wish.time && closedAt > due,
    );
    const endedAt = end?.time ?? Infinity;
    return [
      ...(endedAt <= due
        ? []
        : [
            violationOf('G7', run.runId, `ended ${endedAt - wish.time} ms after its cancel: ${whatRan(run, wish.seq)}`),
          ]),
      ...open.map(({ effect }) =>
        violationOf(
          'G7',
          run.runId,
          `the connection of ${effect} was open ${(cancelMs * slowness) / 1_000} s after the cancel`,
        ),
      ),
    ];
  });
}

/** Describes what was running when an event came. */
function whatRan({ events }: JournalRun, seq: number): string {
  const running = new Set<string>();
  for (const event of events) {
    if (event.seq > seq || !('path' in event)) continue;
    if (event.type === 'node-start') running.add(event.path);
    else if (event.type === 'node-end' || event.type === 'node-error' || event.type === 'node-suspend')
      running.delete(event.path);
  }
  return [...running].join(', ');
}

function decisionOf(value: unknown): unknown {
  return isPlainObject(value) ? value['decision'] : undefined;
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}
