import { breakpointKey, type RunEvent, type RunEventOf } from '@heddle/core';
import {
  derivedKey,
  emptyHistory,
  type RequestEntry,
  type History,
  type PastRun,
  type ReadonlyEvents,
} from './history.js';
import { nestedPrefix, prefixOf } from '../paths.js';
import { isStep } from '../suspension/step-answer.js';

/** Sorts the events of a run, given in order of `seq`, so that the run can continue. Needs no clock. */
export function readPast(events: ReadonlyEvents): PastRun {
  const past: PastRun = {
    histories: new Map(),
    settled: new Map(),
    derived: new Set(),
    requests: new Map(),
    isStepping: false,
    status: 'queued',
    end: undefined,
    cancelRequest: undefined,
  };
  for (const event of events) {
    if ('path' in event) readExecution(past, event);
    else readRun(past, event);
  }
  return past;
}

function readRun(past: PastRun, event: Exclude<RunEvent, { path: string }>): void {
  switch (event.type) {
    case 'run-queue':
      return;
    case 'run-start':
    case 'run-resume':
      past.status = 'running';
      return;
    case 'run-suspend':
      past.status = 'suspended';
      return;
    case 'run-pause':
      past.status = 'paused';
      return;
    case 'cancel-request':
      past.cancelRequest ??= event;
      return;
    case 'run-end':
      past.status = 'ended';
      past.end = event;
      return;
  }
}

type ExecutionEvent = Extract<RunEvent, { path: string }>;

function readExecution(past: PastRun, event: ExecutionEvent): void {
  if (event.path.includes('#')) wakeAround(past, event.path);
  switch (event.type) {
    case 'node-end':
    case 'node-cached':
    case 'node-error':
      settledOf(past, prefixOf(event.path)).push(event);
      past.histories.delete(event.path);
      return;
    case 'node-skip':
    case 'loop-next':
    case 'loop-limit':
      past.derived.add(derivedKey(event));
      return;
    case 'node-start': {
      const history = historyOf(past, event);
      history.last = 'start';
      return;
    }
    case 'node-retry': {
      const history = historyOf(past, event);
      history.last = 'retry';
      history.failures += 1;
      history.retryAt = event.dueAt;
      history.retryMs = Math.max(0, event.dueAt - event.time);
      forgetNestedFailures(past, event.path, history);
      return;
    }
    case 'node-suspend':
      readSuspend(historyOf(past, event), event);
      return;
    case 'node-step':
      historyOf(past, event).steps.set(event.key, event.value);
      return;
    case 'nested-end':
      historyOf(past, event).nested.set(
        event.key,
        event.error === undefined ? { outputs: event.outputs ?? {} } : { error: event.error, label: event.label },
      );
      return;
    case 'human-input-start':
    case 'human-input-remind':
    case 'human-input-end':
      readRequest(past, event);
      return;
    case 'nested-start':
      past.derived.add(derivedKey({ type: event.type, path: nestedPrefix(event.path, event.key) }));
      return;
    case 'node-log':
    case 'node-decision':
    case 'model-call':
    case 'tool-call':
    case 'label-decision':
      return;
  }
}

function readRequest(
  past: PastRun,
  event: RunEventOf<'human-input-start'> | RunEventOf<'human-input-remind'> | RunEventOf<'human-input-end'>,
): void {
  switch (event.type) {
    case 'human-input-start': {
      const { requestId, path, key, question } = event;
      const request: RequestEntry = { requestId, path, key, question, reminded: new Set(), end: undefined };
      past.requests.set(requestId, request);
      historyOf(past, event).requests.set(key, request);
      return;
    }
    case 'human-input-remind':
      past.requests.get(event.requestId)?.reminded.add(event.stage);
      return;
    case 'human-input-end': {
      const request = past.requests.get(event.requestId);
      if (request !== undefined) request.end = event;
      if (event.key === breakpointKey) past.isStepping = isStep(event.value);
      historyOf(past, event).last = 'woken';
    }
  }
}

/** Notes that something happened inside a nested run: executions that were suspended for it must check again. */
function wakeAround(past: PastRun, path: string): void {
  for (let end = path.lastIndexOf('#'); end > 0; end = path.lastIndexOf('#', end - 1)) {
    const around = past.histories.get(path.slice(0, end));
    if (around?.last === 'suspend' && around.suspendReason === 'nested') around.last = 'woken';
  }
}

function readSuspend(history: History, event: RunEventOf<'node-suspend'>): void {
  history.last = 'suspend';
  history.suspendReason = event.reason;
  if (
    event.reason === 'sleep' &&
    event.until !== undefined &&
    history.sleeps[history.sleeps.length - 1] !== event.until
  )
    history.sleeps.push(event.until);
}

/** A retry runs failed nested runs again: their successful results stay, their failures are forgotten. */
function forgetNestedFailures(past: PastRun, path: string, history: History): void {
  for (const [key, end] of history.nested) if ('error' in end) history.nested.delete(key);
  for (const [prefix, events] of past.settled) {
    if (!prefix.startsWith(`${path}#`)) continue;
    past.settled.set(
      prefix,
      events.filter((event) => event.type !== 'node-error' || event.isCarried),
    );
  }
}

function settledOf(past: PastRun, prefix: string): RunEventArray {
  let events = past.settled.get(prefix);
  if (events === undefined) {
    events = [];
    past.settled.set(prefix, events);
  }
  return events;
}
type RunEventArray = NonNullable<ReturnType<PastRun['settled']['get']>>;

function historyOf(past: PastRun, event: { readonly path: string; readonly attempt: number }): History {
  let history = past.histories.get(event.path);
  if (history === undefined) {
    history = emptyHistory();
    past.histories.set(event.path, history);
  }
  history.attempt = Math.max(history.attempt, event.attempt);
  return history;
}

/**
 * The paths whose results a new run can reuse: every execution that succeeded. The node of a finished nested run stands for the paths
 * inside it.
 */
export function reusableOf(events: ReadonlyEvents): string[] {
  const reused = new Set<string>();
  for (const event of events) if (event.type === 'node-end' || event.type === 'node-cached') reused.add(event.path);
  return [...reused];
}
