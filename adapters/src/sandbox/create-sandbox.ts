import { HeddleError, parseValueSteps, type Sandbox } from '@heddle/core';
import { z } from 'zod';
import { createCaller, type Caller } from '../child/create-caller.js';
import { watchWork } from '../child/watch-work.js';
import { inTurns } from '../turns/index.js';
import { outOfMemory } from './code-failure.js';
import { createFairPlaces } from './fair-places.js';
import { engineMemoryMb, maxJsonLength, type CodeRun } from './run-code.js';

export interface SandboxOptions {
  /** Children at the same time; further runs wait for one, but for those of a group that has none: they get one more. Default 2. */
  readonly maxChildren?: number;
  /** Runs that may wait. Default 100. */
  readonly maxWaiting?: number;
  /** Milliseconds after which an idle child is ended. Default 60,000. */
  readonly idleMs?: number;
  /** Milliseconds that a child may be late before it is ended. Default 1,000. */
  readonly graceMs?: number;
}

const entry = new URL('./sandbox-child.js', import.meta.url);
/** Node itself, the engine's 64 MB, and JSON on its way in and out. */
const childMemoryMb = 400;
const Result = z.string().optional();

/**
 * Runs JavaScript of users in child processes without environment, network or files. One child is kept warm; a child that
 * hangs, is stopped, or ran out of memory is ended and replaced.
 *
 * @example const sum = await sandbox.run('return input.a + input.b;', { a: 1, b: 2 });
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox & { close(): Promise<void> } {
  const { maxChildren = 2, maxWaiting = 100, idleMs = 60_000, graceMs = 1_000 } = options;
  const idle: Caller[] = [];
  const all = new Set<Caller>();
  const places = createFairPlaces(maxChildren, maxWaiting);
  let isClosed = false;
  let idleTimer: NodeJS.Timeout | undefined;

  const start = (): Caller => {
    const caller: Caller = createCaller({
      entry,
      memoryLimitMb: childMemoryMb,
      lost: ({ reason }) =>
        reason === 'memory'
          ? outOfMemory()
          : new HeddleError('code_error', 'The process that ran the code ended: try again.', { retryable: true }),
      onExit: () => {
        all.delete(caller);
        const at = idle.indexOf(caller);
        if (at >= 0) idle.splice(at, 1);
      },
    });
    all.add(caller);
    return caller;
  };
  const discard = (caller: Caller): void => void caller.stop();
  const restIdle = (): void => {
    clearTimeout(idleTimer);
    idleTimer = setTimeout(() => {
      for (const caller of idle.splice(0)) discard(caller);
    }, idleMs);
    idleTimer.unref();
  };
  const release = (caller: Caller, isSound: boolean): void => {
    if (!isSound || isClosed) discard(caller);
    // One child stays warm; a lost one is replaced before a call waits for it.
    if (!isClosed && idle.length === 0) idle.push(isSound && all.has(caller) ? caller : start());
    else if (isSound) discard(caller);
    restIdle();
  };

  return {
    async run(code, input, { timeoutMs = 1_000, memoryMb = engineMemoryMb, group = '', signal } = {}) {
      if (isClosed) throw closed();
      const payload = { code, input: inputJson(input), timeoutMs, memoryMb };
      const work = { group, kind: code };
      await places.take(work, signal);
      if (isClosed) throw closed();
      const caller = idle.pop() ?? start();
      let isSound = false;
      let json: string | undefined;
      try {
        json = await callWithin(caller, payload, graceMs, signal);
        isSound = true;
      } catch (error) {
        // After a clean error or time-out the engine is as good as new; after anything else the child goes.
        isSound =
          error instanceof HeddleError &&
          !error.retryable &&
          (error.code === 'code_error' || (error.code === 'code_timeout' && error.details?.['isHung'] !== true));
        throw error;
      } finally {
        release(caller, isSound);
        places.leave(work);
      }
      return json === undefined ? undefined : inTurns(parseValueSteps(json, 'What the code returns'));
    },
    async close() {
      isClosed = true;
      clearTimeout(idleTimer);
      places.close(closed());
      await Promise.all([...all].map((caller) => caller.stop()));
    },
  };
}

/** Calls a child, and gives up when it is late (`watchWork`) or the caller stops: the caller then ends it. */
async function callWithin(
  caller: Caller,
  payload: CodeRun,
  graceMs: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  // A child that is just starting answers `ping` first: neither its start nor what it ran before counts as the code's time.
  const before = await stoppable(
    caller.call('ping', undefined, (value) => (typeof value === 'number' ? value : undefined)),
    signal,
  );
  const { timeoutMs } = payload;
  let end = (): void => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const limits = { lookMs: timeoutMs + graceMs, workMs: timeoutMs, before };
    end = watchWork(caller.child.pid, limits, () => reject(hung()));
  });
  try {
    return await stoppable(Promise.race([caller.call('run', payload, (value) => Result.parse(value)), late]), signal);
  } finally {
    end();
  }
}

function stoppable<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(stopped());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function inputJson(input: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(input);
  } catch (cause) {
    throw new HeddleError(
      'code_error',
      'The input of the code is not JSON: it refers to itself or is nested too deeply.',
      { cause },
    );
  }
  const text = json ?? 'null';
  if (text.length > maxJsonLength)
    throw new HeddleError(
      'code_memory',
      `The input of the code has ${text.length} characters of JSON; ${maxJsonLength} are allowed: give it less.`,
    );
  return text;
}

const hung = (): HeddleError =>
  new HeddleError('code_timeout', 'The code ran too long in one step and was stopped: check its loops and patterns.', {
    details: { isHung: true },
  });
const stopped = (): HeddleError => new HeddleError('aborted', 'The code was stopped.');
const closed = (): HeddleError => new HeddleError('shutting_down', 'The sandbox is closed: Heddle is stopping.');
