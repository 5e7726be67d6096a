import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError, type ModelHostState } from '@heddle/core';
import { createCaller, type Caller, type CallerOptions } from '../../child/create-caller.js';
import { type ChildExit } from '../../child/spawn-child.js';
import { type ModelLog } from './settings.js';

interface SupervisorOptions {
  readonly runtime: ModelHostState['runtime'];
  readonly entry: URL;
  /** Called before each start: options for the child beside the defaults. */
  readonly launch?: () => Promise<Pick<CallerOptions, 'env' | 'execArgv'>>;
  readonly log: ModelLog;
  readonly coolDownMs: number;
  readonly onNotice?: (value: unknown) => void;
  /** Called when the status changes. When a child has ended, everything in it is gone. */
  readonly onChange: () => void;
  readonly onLost: () => void;
}

/**
 * Keeps one model host running. If the child exits, it is started again after a pause. After three exits in a row without a success in
 * between, the host has the status `failed` until a request comes after the cool-down.
 */
export interface HostSupervisor {
  /** The running child. Starts it if needed. Errors: `model_host_failed`, `model_host_lost`. */
  caller(): Promise<Caller>;
  /** Reports that real work succeeded, so that earlier exits no longer count. */
  succeeded(): void;
  state(): Pick<ModelHostState, 'runtime' | 'status' | 'pid' | 'memoryMb' | 'restarts'>;
  close(): Promise<void>;
}

const mostEndsInARow = 3;
const firstPauseMs = 250;
const memoryPollMs = 2000;

interface SupervisorState {
  status: ModelHostState['status'];
  current: Caller | undefined;
  restarts: number;
  endsInARow: number;
  failedAt: number;
  memoryMb: number | undefined;
  isClosed: boolean;
  starting: Promise<Caller> | undefined;
  lastError: string;
}

export function createSupervisor(options: SupervisorOptions): HostSupervisor {
  const state: SupervisorState = {
    status: 'stopped',
    current: undefined,
    restarts: 0,
    endsInARow: 0,
    failedAt: 0,
    memoryMb: undefined,
    isClosed: false,
    starting: undefined,
    lastError: '',
  };
  const memoryTimer = setInterval(() => {
    void state.current?.child.memoryMb().then((megabytes) => (state.memoryMb = megabytes));
  }, memoryPollMs);
  memoryTimer.unref();
  return {
    async caller() {
      if (state.isClosed) throw new HeddleError('shutting_down', 'The models are being stopped.');
      if (state.status === 'failed') allowAgain(state, options);
      return state.current ?? state.starting ?? begin(state, options);
    },
    succeeded() {
      state.endsInARow = 0;
    },
    state: () => ({
      runtime: options.runtime,
      status: state.status,
      restarts: state.restarts,
      pid: state.current?.child.pid,
      ...(state.memoryMb === undefined || state.current === undefined ? {} : { memoryMb: Math.round(state.memoryMb) }),
    }),
    async close() {
      state.isClosed = true;
      clearInterval(memoryTimer);
      await state.starting?.catch(() => undefined); // The caller was notified of this failure.
      await state.current?.stop();
      setStatus(state, options, 'stopped');
    },
  };
}

function allowAgain(state: SupervisorState, options: SupervisorOptions): void {
  const left = state.failedAt + options.coolDownMs - performance.now();
  if (left > 0) {
    throw new HeddleError(
      'model_host_failed',
      `The ${options.runtime} model process ended ${mostEndsInARow} times in a row (${state.lastError}); it may be tried again in ${Math.ceil(left / 1000)} s.`,
      { details: { runtime: options.runtime, retryAfterMs: left } },
    );
  }
  state.endsInARow = 0;
}

function begin(state: SupervisorState, options: SupervisorOptions): Promise<Caller> {
  const starting = start(state, options);
  state.starting = starting;
  const forget = (): void => {
    if (state.starting === starting) state.starting = undefined;
  };
  starting.then(forget, forget);
  return starting;
}

async function start(state: SupervisorState, options: SupervisorOptions): Promise<Caller> {
  setStatus(state, options, 'starting');
  if (state.endsInARow > 0) await sleep(firstPauseMs * 2 ** (state.endsInARow - 1));
  if (state.isClosed) throw new HeddleError('shutting_down', 'The models are being stopped.');
  const launch = await options.launch?.();
  const caller = createCaller({
    entry: options.entry,
    ...launch,
    onNotice: options.onNotice,
    lost: (exit) => lostError(options.runtime, exit),
    onExit: (exit) => ended(state, options, caller, exit),
  });
  state.current = caller;
  // The child answers only after its code is loaded, so it is ready then.
  await caller.call('ping', undefined, () => undefined);
  setStatus(state, options, 'ready');
  return caller;
}

function ended(state: SupervisorState, options: SupervisorOptions, caller: Caller, exit: ChildExit): void {
  if (state.current === caller) state.current = undefined;
  state.memoryMb = undefined;
  options.onLost();
  if (exit.reason === 'stopped' || state.isClosed) {
    setStatus(state, options, 'stopped');
    return;
  }
  state.endsInARow += 1;
  state.lastError = describeExit(exit);
  options.log.warn(`The ${options.runtime} model process ended: ${state.lastError}.`, {
    errorOutput: exit.errorOutput,
  });
  if (state.endsInARow >= mostEndsInARow) {
    state.failedAt = performance.now();
    setStatus(state, options, 'failed');
    return;
  }
  state.restarts += 1;
  // No caller may be waiting. If the child exits during this start, this function runs again.
  begin(state, options).catch(() => undefined);
}

function setStatus(state: SupervisorState, options: SupervisorOptions, status: ModelHostState['status']): void {
  if (state.status === status) return;
  state.status = status;
  options.onChange();
}

function describeExit({ reason, code, signal, errorOutput }: ChildExit): string {
  if (reason === 'spawn-failed') return `it could not be started: ${errorOutput}`;
  const last = errorOutput.trim().split('\n').at(-1) ?? '';
  return `${signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`}${last === '' ? '' : `, last output: ${last}`}`;
}

function lostError(runtime: string, exit: ChildExit): HeddleError {
  if (exit.reason === 'stopped') return new HeddleError('shutting_down', 'The models are being stopped.');
  return new HeddleError(
    'model_host_lost',
    `The ${runtime} model process ended while it was working (${describeExit(exit)}); it is started again.`,
    {
      details: { runtime, code: exit.code, signal: exit.signal },
    },
  );
}
