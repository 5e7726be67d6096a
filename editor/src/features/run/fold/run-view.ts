import {
  createRunState,
  foldRun,
  isTerminal,
  type ErrorValue,
  type ExecutionState,
  type LabelledValue,
  type NodeStatus,
  type RunEventOf,
  type RunState,
  type RunStatus,
  type StreamEvent,
} from '@heddle/core';
import { groupOf } from '../execution/execution-path.js';
import { pausedAt, pauseAfter, type RunPause } from './run-pause.js';
import { createRateMeter, type RateMeter } from './rate-meter.js';

import { createPathRecords, type PathRecord } from './path-records.js';
import type { LogLine } from './log-line.js';
import { createSideEvents, type NestedRun, type Totals } from './side-events.js';
import { serverNow } from '../../../data/http/server-clock.js';
import { createActivityTimes } from './activity-times.js';

/** An execution as components read it. Every change makes a new object. */
export interface ExecutionView extends Readonly<Omit<ExecutionState, 'text' | 'status'>> {
  /** `paused` replaces the status of active work while the run is paused. */
  readonly status: NodeStatus | 'paused';
  readonly text: Readonly<Record<string, string>>;
  /** Tokens per second, estimated from the streaming text; undefined until there is enough text. */
  readonly rate: number | undefined;
  /** Milliseconds from the start to the first delta; undefined if the beginning of the text was not received live. */
  readonly firstDeltaMs: number | undefined;
  /** The time of the last activity in epoch milliseconds; heartbeats do not count. */
  readonly spokeAt: number | undefined;
}

/** A run's own state, without its executions. */
export interface RunHead {
  readonly runId: string;
  readonly status: RunStatus;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly outputs: Readonly<Record<string, LabelledValue>> | undefined;
  readonly error: ErrorValue | undefined;
  /** Why the run is paused; undefined if it is not. */
  readonly pause: RunPause | undefined;
  readonly isCancelRequested: boolean;
  readonly isEnded: boolean;
}

/** Calls back once, later: at the next animation frame in a browser, by hand in tests. */
export type Schedule = (callback: () => void) => void;

export type OpenQuestion = RunEventOf<'human-input-start'>;

/**
 * The topic of a subscription: the run itself, its list of executions, requests, log, totals, a node in one run, the nested runs of an
 * execution, or its records.
 */
export type RunTopic =
  'head' | 'paths' | 'requests' | 'log' | 'totals' | `node:${string}` | `nested:${string}` | `record:${string}`;

/**
 * The state of a run for components. Events are folded as they arrive, but changes are published once per frame: fifty tokens a second on
 * ten nodes render ten cards per frame, no more. An execution is copied only when a component reads it, so ten thousand items cost no more
 * than the visible ones.
 */
export interface RunView {
  readonly runId: string;
  /** The sequence number of the last folded durable event. */
  readonly seq: () => number;
  take(events: readonly StreamEvent[]): void;
  head(): RunHead;
  execution(path: string): ExecutionView | undefined;
  /** The paths of a node's executions in one run (see `groupIn`), in the order in which they started. */
  pathsOf(group: string): readonly string[];
  paths(): readonly string[];
  /** The nested runs of an execution, in the order in which they started. */
  nestedOf(path: string): readonly NestedRun[];
  nested(scope: string): NestedRun | undefined;
  requests(): readonly OpenQuestion[];
  recordOf(path: string): readonly PathRecord[];
  log(): readonly LogLine[];
  totals(): Totals;
  /** The time up to which durations count: the server's clock, or the shown moment of a playback. */
  now(): number;
  subscribe(topic: RunTopic, listener: () => void): () => void;
}

/** Creates the view of a run without events. */
export function createRunView(runId: string, schedule: Schedule, now: () => number = serverNow): RunView {
  const state = createRunState(runId);
  const views = new Map<string, ExecutionView>();
  const groups = new Map<string, { readonly paths: string[]; shown: readonly string[] | undefined }>();
  const meters = new Map<string, RateMeter>();
  const firstDeltas = new Map<string, { readonly attempt: number; readonly time: number }>();
  const listeners = new Map<string, Set<() => void>>();
  const dirty = new Set<string>();
  /** The group of each known execution, so that each path is parsed only once. */
  const known = new Map<string, string>();
  const side = createSideEvents();
  const signs = createActivityTimes();
  const records = createPathRecords();
  const all: string[] = [];
  let shownAll: readonly string[] | undefined;
  let shownRequests: readonly OpenQuestion[] = [];
  let pause: RunPause | undefined;
  let head = headOf(state, pause);
  let isScheduled = false;

  const notify = (topic: string): void => {
    for (const listener of listeners.get(topic) ?? []) listener();
  };

  const register = (path: string, group: string): void => {
    known.set(path, group);
    all.push(path);
    shownAll = undefined;
    const paths = groups.get(group) ?? { paths: [], shown: undefined };
    paths.paths.push(path);
    paths.shown = undefined;
    groups.set(group, paths);
  };

  const publish = (): void => {
    isScheduled = false;
    const changed = new Set<string>();
    const before = all.length;
    for (const path of dirty) {
      if (!state.executions.has(path)) continue;
      const group = known.get(path) ?? groupOf(path);
      if (!known.has(path)) register(path, group);
      views.delete(path);
      changed.add(`node:${group}`);
    }
    dirty.clear();
    const requests = [...state.requests.values()];
    if (requests.length !== shownRequests.length || requests.some((ask, index) => ask !== shownRequests[index])) {
      shownRequests = requests;
      changed.add('requests');
    }
    for (const topic of side.publish()) changed.add(topic);
    for (const path of records.publish()) changed.add(`record:${path}`);
    const next = headOf(state, pause);
    const isHeadChanged = !isSameHead(head, next);
    if (isHeadChanged) head = next;
    for (const topic of changed) notify(topic);
    if (all.length !== before) notify('paths');
    if (isHeadChanged) notify('head');
  };

  const measure = (event: StreamEvent): void => {
    if (event.type === 'node-end' || event.type === 'node-retry') meters.delete(event.path);
    if (event.type !== 'node-delta') return;
    const meter = meters.get(event.path) ?? createRateMeter();
    meters.set(event.path, meter);
    meter.add(event.time, event.delta.length);
    // Deltas are sent at once, but the start of an execution only after its commit, so a delta may arrive first.
    if (event.offset === 0 && (firstDeltas.get(event.path)?.attempt ?? 0) < event.attempt)
      firstDeltas.set(event.path, { attempt: event.attempt, time: event.time });
  };

  const firstDeltaMsOf = ({ path, attempt, startedAt }: ExecutionState): number | undefined => {
    const first = firstDeltas.get(path);
    return first === undefined || first.attempt !== attempt || startedAt === undefined
      ? undefined
      : Math.max(0, first.time - startedAt);
  };

  return {
    runId,
    seq: () => state.seq,
    take: (events) => {
      for (const event of events) {
        const isNew = !('seq' in event) || event.seq > state.seq;
        for (const path of foldRun(state, event)) dirty.add(path);
        if (!isNew) continue;
        const nextPause = pauseAfter(pause, event);
        if (nextPause !== pause) for (const path of state.executions.keys()) dirty.add(path);
        pause = nextPause;
        measure(event);
        for (const path of signs.apply(event)) dirty.add(path);
        side.apply(event);
        records.apply(event);
      }
      if (isScheduled) return;
      isScheduled = true;
      schedule(publish);
    },
    head: () => head,
    execution: (path) => {
      const shown = views.get(path);
      const execution = state.executions.get(path);
      if (shown !== undefined || execution === undefined || !known.has(path)) return shown;
      const view = {
        ...execution,
        ...(pause === undefined ? {} : pausedAt(pause, execution)),
        text: { ...execution.text },
        rate: meters.get(path)?.rate(),
        firstDeltaMs: firstDeltaMsOf(execution),
        spokeAt: signs.of(path),
      };
      views.set(path, view);
      return view;
    },
    pathsOf: (group) => {
      const paths = groups.get(group);
      return paths === undefined ? noPaths : (paths.shown ??= [...paths.paths]);
    },
    paths: () => (shownAll ??= [...all]),
    nestedOf: (path) => side.nestedOf(path),
    nested: (scope) => side.nested(scope),
    requests: () => shownRequests,
    recordOf: (path) => records.of(path),
    log: () => side.log(),
    totals: () => side.totals(),
    now,
    subscribe: (topic, listener) => {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(topic) === set) listeners.delete(topic);
      };
    },
  };
}

const noPaths: readonly string[] = [];

function headOf(state: RunState, pause: RunPause | undefined): RunHead {
  const { runId, status, startedAt, endedAt, outputs, error, isCancelRequested } = state;
  return {
    runId,
    status,
    startedAt,
    endedAt,
    outputs,
    error,
    pause,
    isCancelRequested,
    isEnded: isTerminal(status),
  };
}

function isSameHead(a: RunHead, b: RunHead): boolean {
  return (
    a.status === b.status &&
    a.startedAt === b.startedAt &&
    a.endedAt === b.endedAt &&
    a.outputs === b.outputs &&
    a.error === b.error &&
    a.pause === b.pause &&
    a.isCancelRequested === b.isCancelRequested
  );
}
