import { createRunState, foldRun, isTerminal, type ErrorValue, type ExecutionState, type LabelledValue, type RunState, type RunStatus, type StreamEvent } from '@heddle/core';
import { leafOf } from './execution-path.js';
import { createRateMeter, type RateMeter } from './rate-meter.js';

/** One execution as a view reads it: a new object whenever something changed. */
export interface ExecutionView extends Readonly<Omit<ExecutionState, 'text'>> {
  readonly text: Readonly<Record<string, string>>;
  /** Live tokens per second, estimated from the text; undefined until there is enough to tell. */
  readonly rate: number | undefined;
}

/** A run's own state, without its executions. */
export interface RunHead {
  readonly runId: string;
  readonly status: RunStatus;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly outputs: Readonly<Record<string, LabelledValue>> | undefined;
  readonly error: ErrorValue | undefined;
  readonly isCancelRequested: boolean;
  readonly isEnded: boolean;
}

/** Calls back later, once: an animation frame in a browser, by hand in tests. */
export type Schedule = (callback: () => void) => void;

/**
 * The state of one run for views: events are folded as they come (E7), and what changed is told once a frame, so that
 * fifty tokens a second on ten nodes cost one redraw of ten cards a frame.
 */
export interface RunView {
  readonly runId: string;
  /** Seq of the last durable event folded. */
  readonly seq: () => number;
  take(events: readonly StreamEvent[]): void;
  head(): RunHead;
  execution(path: string): ExecutionView | undefined;
  /** Paths of a node's executions at the top level, in the order they began. */
  pathsOf(nodeId: string): readonly string[];
  paths(): readonly string[];
  /** Hears of changes of the run itself, or of one node's executions. */
  subscribe(what: 'head' | 'paths' | `node:${string}`, listener: () => void): () => void;
}

/** Makes the view of a run of which nothing is known yet. */
export function createRunView(runId: string, schedule: Schedule): RunView {
  const state = createRunState(runId);
  const views = new Map<string, ExecutionView>();
  const byNode = new Map<string, readonly string[]>();
  const meters = new Map<string, RateMeter>();
  const listeners = new Map<string, Set<() => void>>();
  const dirty = new Set<string>();
  let allPaths: readonly string[] = [];
  let head = headOf(state);
  let isScheduled = false;

  const notify = (what: string): void => {
    for (const listener of listeners.get(what) ?? []) listener();
  };

  const publish = (): void => {
    isScheduled = false;
    const changedNodes = new Set<string>();
    const known = allPaths.length;
    for (const path of dirty) {
      const execution = state.executions.get(path);
      if (execution === undefined) continue;
      const node = leafOf(path);
      if (!views.has(path)) {
        byNode.set(node, [...(byNode.get(node) ?? []), path]);
        allPaths = [...allPaths, path];
      }
      views.set(path, { ...execution, text: { ...execution.text }, rate: meters.get(path)?.rate() });
      changedNodes.add(node);
    }
    dirty.clear();
    const next = headOf(state);
    const isHeadChanged = !isSameHead(head, next);
    if (isHeadChanged) head = next;
    for (const node of changedNodes) notify(`node:${node}`);
    if (allPaths.length !== known) notify('paths');
    if (isHeadChanged) notify('head');
  };

  const measure = (event: StreamEvent): void => {
    if (event.type === 'node-start') meters.delete(event.path);
    if (event.type !== 'node-delta') return;
    const meter = meters.get(event.path) ?? createRateMeter();
    meters.set(event.path, meter);
    meter.add(event.time, event.delta.length);
  };

  return {
    runId,
    seq: () => state.seq,
    take: (events) => {
      for (const event of events) {
        measure(event);
        for (const path of foldRun(state, event)) dirty.add(path);
      }
      if (isScheduled) return;
      isScheduled = true;
      schedule(publish);
    },
    head: () => head,
    execution: (path) => views.get(path),
    pathsOf: (nodeId) => byNode.get(nodeId) ?? noPaths,
    paths: () => allPaths,
    subscribe: (what, listener) => {
      const all = listeners.get(what) ?? new Set();
      listeners.set(what, all.add(listener));
      return () => all.delete(listener);
    },
  };
}

const noPaths: readonly string[] = [];

function headOf(state: RunState): RunHead {
  const { runId, status, startedAt, endedAt, outputs, error, isCancelRequested } = state;
  return { runId, status, startedAt, endedAt, outputs, error, isCancelRequested, isEnded: isTerminal(status) };
}

function isSameHead(a: RunHead, b: RunHead): boolean {
  return a.status === b.status && a.startedAt === b.startedAt && a.endedAt === b.endedAt && a.outputs === b.outputs && a.error === b.error && a.isCancelRequested === b.isCancelRequested;
}
