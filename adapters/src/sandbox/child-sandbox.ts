import { HeddleError, parseValueSteps, type Sandbox } from '@heddle/core';
import { z } from 'zod';
import { createCaller, type Caller } from '../child/create-caller.js';
import { watchWork } from '../child/watch-work.js';
import { ownFile } from '../child/own-file.js';
import { inSlices } from '../event-loop/index.js';
import { outOfMemory } from './code-failure.js';
import { FairSlots } from './fair-slots.js';
import { engineMemoryMb, maxJsonLength, type CodeRun } from './run-code.js';

interface SandboxOptions {
  /**
   * The most child processes at the same time. Further runs wait for one, except that a group without a running child gets one more.
   * Default 2.
   */
  readonly maxChildren?: number;
  /** The most waiting runs. Default 100. */
  readonly maxWaiting?: number;
  /** An idle child is ended after this many milliseconds. Default 60,000. */
  readonly idleMs?: number;
  /** A child is ended if it is this many milliseconds late. Default 1,000. */
  readonly graceMs?: number;
}

const entry = ownFile('sandbox/sandbox-child.js');
/** For Node itself, the engine's 64 MB, and the JSON of inputs and results. */
const childMemoryMb = 400;
const Result = z.string().optional();

/**
 * Runs JavaScript of users in child processes without environment, network or files. One child is kept ready. A child that hangs, is
 * stopped, or runs out of memory is ended and replaced.
 *
 * @example const sum = await sandbox.run('return input.a + input.b;', { a: 1, b: 2 });
 */
export class ChildSandbox implements Sandbox {
  private readonly idleMs: number;
  private readonly graceMs: number;
  private readonly idle: Caller[] = [];
  private readonly all = new Set<Caller>();
  private readonly slots: FairSlots;
  private isClosed = false;
  private idleTimer: NodeJS.Timeout | undefined;

  constructor({ maxChildren = 2, maxWaiting = 100, idleMs = 60_000, graceMs = 1_000 }: SandboxOptions = {}) {
    this.idleMs = idleMs;
    this.graceMs = graceMs;
    this.slots = new FairSlots(maxChildren, maxWaiting);
  }

  async run(
    code: string,
    input: unknown,
    {
      timeoutMs = 1_000,
      memoryMb = engineMemoryMb,
      group = '',
      signal,
    }: {
      readonly timeoutMs?: number;
      readonly memoryMb?: number;
      /** The owner of the code. Groups share the sandbox fairly. */
      readonly group?: string;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<unknown> {
    if (this.isClosed) throw closed();
    const payload = { code, input: inputJson(input), timeoutMs, memoryMb };
    const work = { group, kind: code };
    await this.slots.take(work, signal);
    if (this.isClosed) throw closed();
    const caller = this.idle.pop() ?? this.start();
    let isSound = false;
    let json: string | undefined;
    try {
      json = await callWithin(caller, payload, this.graceMs, signal);
      isSound = true;
    } catch (error) {
      // After a regular error or time-out, the engine can be reused. After any other failure, the child is ended.
      isSound =
        error instanceof HeddleError &&
        !error.retryable &&
        (error.code === 'code_error' || (error.code === 'code_timeout' && error.details?.['isHung'] !== true));
      throw error;
    } finally {
      this.release(caller, isSound);
      this.slots.leave(work);
    }
    return json === undefined ? undefined : inSlices(parseValueSteps(json, 'What the code returns'));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.idleTimer);
    this.slots.close(closed());
    await Promise.all([...this.all].map((caller) => caller.stop()));
  }

  private start(): Caller {
    const caller: Caller = createCaller({
      entry,
      memoryLimitMb: childMemoryMb,
      lost: ({ reason }) =>
        reason === 'memory'
          ? outOfMemory()
          : new HeddleError('code_error', 'The process that ran the code ended: try again.', { retryable: true }),
      onExit: () => {
        this.all.delete(caller);
        const at = this.idle.indexOf(caller);
        if (at >= 0) this.idle.splice(at, 1);
      },
    });
    this.all.add(caller);
    return caller;
  }

  private discard(caller: Caller): void {
    void caller.stop();
  }

  private restIdle(): void {
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => {
      for (const caller of this.idle.splice(0)) this.discard(caller);
    }, this.idleMs);
    this.idleTimer.unref();
  }

  private release(caller: Caller, isSound: boolean): void {
    if (!isSound || this.isClosed) this.discard(caller);
    // One child stays ready. A lost one is replaced before the next call.
    if (!this.isClosed && this.idle.length === 0)
      this.idle.push(isSound && this.all.has(caller) ? caller : this.start());
    else if (isSound) this.discard(caller);
    this.restIdle();
  }
}

/** Calls a child, and gives up if it is late (`watchWork`) or the caller aborts. The caller then ends the child. */
async function callWithin(
  caller: Caller,
  payload: CodeRun,
  graceMs: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  // A starting child first answers `ping`. So the time limit of the code includes neither the start nor earlier work.
  const before = await stoppable(
    caller.call('ping', undefined, (value) => (typeof value === 'number' ? value : undefined)),
    signal,
  );
  const { timeoutMs } = payload;
  let end = (): void => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const limits = { checkEveryMs: timeoutMs + graceMs, workMs: timeoutMs, before };
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
