import type { ErrorValue } from '../errors/heddle-error.js';
import type { DecisionKind, LabelledValue, NodeStatus, RunEvent, RunStatus, StreamEvent } from './events.js';

/** The state of one execution, from its events. */
export interface ExecutionState {
  readonly path: string;
  status: NodeStatus;
  attempt: number;
  /**
   * Failed attempts that were followed by another attempt. `attempt` also counts attempts that ended by a crash or a restarted producer.
   */
  failedAttempts: number;
  startedAt: number | undefined;
  endedAt: number | undefined;
  outputs: Readonly<Record<string, LabelledValue>> | undefined;
  error: ErrorValue | undefined;
  usage: Extract<RunEvent, { type: 'node-end' }>['usage'];
  /** Streamed text of the current attempt, by port. */
  text: Record<string, string>;
  progress: { readonly share?: number | undefined; readonly message?: string | undefined } | undefined;
  /** Waits for a slot of this limit, at this position. */
  waiting: { readonly limit: string; readonly position: number } | undefined;
  /** When a retry is due, or a suspended node continues (milliseconds since the epoch). */
  dueAt: number | undefined;
  requestId: string | undefined;
  /** The last recorded decision of the node. */
  decision: { readonly kind: DecisionKind; readonly summary: string } | undefined;
  /** Time of the last heartbeat (milliseconds since the epoch). */
  aliveAt: number | undefined;
}

/** A run as a fold of its events (rule "State is a fold"). Mutable: one owner folds, others read. */
export interface RunState {
  runId: string;
  status: RunStatus;
  /** Sequence number of the last durable event; earlier events are ignored. */
  seq: number;
  startedAt: number | undefined;
  endedAt: number | undefined;
  outputs: Readonly<Record<string, LabelledValue>> | undefined;
  error: ErrorValue | undefined;
  executions: Map<string, ExecutionState>;
  requests: Map<string, Extract<RunEvent, { type: 'human-input-start' }>>;
  isCancelRequested: boolean;
}

/** The state of a run without events. */
export function createRunState(runId = ''): RunState {
  return {
    runId,
    status: 'queued',
    seq: 0,
    startedAt: undefined,
    endedAt: undefined,
    outputs: undefined,
    error: undefined,
    executions: new Map(),
    requests: new Map(),
    isCancelRequested: false,
  };
}

/** The paths of the executions that an event changed, so that a view redraws only these. */
type FoldResult = readonly string[];

/** Folds one event into the state, in place. Known durable events, lower attempts and overlapping deltas change nothing (rule "Watch and catch up"). */
export function foldRun(state: RunState, event: StreamEvent): FoldResult {
  if ('seq' in event) {
    if (event.seq <= state.seq) return [];
    state.seq = event.seq;
  }
  if ('path' in event) return foldExecution(state, event);
  foldWhole(state, event);
  return event.type === 'run-end' ? endUnfinished(state, event) : [];
}

type WholeEvent = Exclude<StreamEvent, { path: string }>;
type PathEvent = Extract<StreamEvent, { path: string }>;

function foldWhole(state: RunState, event: WholeEvent): void {
  state.runId = event.runId;
  switch (event.type) {
    case 'run-queue':
      state.status = 'queued';
      return;
    case 'run-start':
      state.status = 'running';
      state.startedAt ??= event.time;
      return;
    case 'run-resume':
      state.status = 'running';
      return;
    case 'run-suspend':
      state.status = 'suspended';
      return;
    case 'run-pause':
      state.status = 'paused';
      return;
    case 'cancel-request':
      state.isCancelRequested = true;
      return;
    case 'run-end':
      state.status = event.status;
      state.endedAt = event.time;
      state.outputs = event.outputs;
      state.error = event.error;
      return;
  }
}

/** Cancels the executions that had not ended when the run ended. */
function endUnfinished(state: RunState, event: Extract<RunEvent, { type: 'run-end' }>): string[] {
  const changed: string[] = [];
  state.requests.clear();
  for (const execution of state.executions.values()) {
    if (!isUnfinished(execution.status)) continue;
    execution.status = 'cancelled';
    execution.endedAt = event.time;
    execution.waiting = undefined;
    changed.push(execution.path);
  }
  return changed;
}

function isUnfinished(status: NodeStatus): boolean {
  return (
    status === 'queued' ||
    status === 'running' ||
    status === 'streaming' ||
    status === 'retrying' ||
    status === 'suspended'
  );
}

function executionOf(state: RunState, path: string): ExecutionState {
  const known = state.executions.get(path);
  if (known !== undefined) return known;
  const created: ExecutionState = {
    path,
    status: 'idle',
    attempt: 0,
    failedAttempts: 0,
    startedAt: undefined,
    endedAt: undefined,
    outputs: undefined,
    error: undefined,
    usage: undefined,
    text: {},
    progress: undefined,
    waiting: undefined,
    dueAt: undefined,
    requestId: undefined,
    decision: undefined,
    aliveAt: undefined,
  };
  state.executions.set(path, created);
  return created;
}

function foldExecution(state: RunState, event: PathEvent): FoldResult {
  if (event.type === 'loop-next' || event.type === 'loop-limit') return [event.path];
  const execution = executionOf(state, event.path);
  if (event.attempt < execution.attempt) return [];
  if (event.attempt > execution.attempt) {
    execution.attempt = event.attempt;
    execution.text = {};
    execution.error = undefined;
  }
  execution.aliveAt = event.time;
  foldKind(state, execution, event);
  return [event.path];
}

function foldKind(
  state: RunState,
  execution: ExecutionState,
  event: Exclude<PathEvent, { type: 'loop-next' | 'loop-limit' }>,
): void {
  switch (event.type) {
    case 'node-start':
      begin(execution, event.time);
      return;
    case 'node-end':
    case 'node-cached':
    case 'node-skip':
    case 'node-error':
      foldEnd(execution, event);
      return;
    case 'node-retry':
      foldRetry(execution, event);
      return;
    case 'node-suspend':
      execution.status = 'suspended';
      execution.dueAt = event.until;
      execution.requestId = event.requestId;
      execution.waiting = undefined;
      return;
    case 'node-delta':
      foldDelta(execution, event.port, event.offset, event.delta);
      return;
    case 'node-snapshot':
      execution.text[event.port] = event.text;
      execution.status = 'streaming';
      return;
    case 'node-progress':
      execution.progress = { share: event.share, message: event.message };
      return;
    case 'node-queue':
      execution.waiting = event.position === 0 ? undefined : { limit: event.limit, position: event.position };
      if (execution.status === 'idle' && event.position > 0) execution.status = 'queued';
      return;
    case 'human-input-start':
      state.requests.set(event.requestId, event);
      return;
    case 'human-input-end':
      state.requests.delete(event.requestId);
      return;
    case 'human-input-remind':
    case 'node-beat':
    case 'node-step':
    case 'node-log':
    case 'nested-start':
    case 'nested-end':
    case 'label-decision':
    case 'model-call':
    case 'tool-call':
      return;
    case 'node-decision':
      execution.decision = { kind: event.kind, summary: event.summary };
      return;
  }
}

function foldRetry(execution: ExecutionState, { error, dueAt }: Extract<PathEvent, { type: 'node-retry' }>): void {
  execution.status = 'retrying';
  execution.failedAttempts += 1;
  execution.error = error;
  execution.dueAt = dueAt;
  execution.waiting = undefined;
}

const endStatus = {
  'node-end': 'done',
  'node-cached': 'cached',
  'node-skip': 'skipped',
  'node-error': 'failed',
} as const;

function foldEnd(execution: ExecutionState, event: Extract<PathEvent, { type: keyof typeof endStatus }>): void {
  end(execution, endStatus[event.type], event.time);
  if (event.type === 'node-end' || event.type === 'node-error') execution.startedAt = event.started;
  if (event.type === 'node-end' || event.type === 'node-cached') execution.outputs = event.outputs;
  if (event.type === 'node-end') execution.usage = event.usage;
  if (event.type === 'node-error') execution.error = event.error;
}

function begin(execution: ExecutionState, time: number): void {
  execution.status = 'running';
  execution.startedAt = time;
  execution.endedAt = undefined;
  execution.dueAt = undefined;
  execution.waiting = undefined;
  execution.requestId = undefined;
}

function end(execution: ExecutionState, status: NodeStatus, time: number): void {
  execution.status = status;
  execution.endedAt = time;
  execution.startedAt ??= time;
  execution.waiting = undefined;
  execution.progress = undefined;
  execution.dueAt = undefined;
}

/** Appends the new part of a delta to the text. A delta after a gap is ignored until the snapshot comes. */
function foldDelta(execution: ExecutionState, port: string, offset: number, delta: string): void {
  const known = execution.text[port] ?? '';
  if (offset > known.length || offset + delta.length <= known.length) return;
  execution.text[port] = known + delta.slice(known.length - offset);
  if (execution.status === 'running' || execution.status === 'idle') execution.status = 'streaming';
}
