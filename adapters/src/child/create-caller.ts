import { fromErrorValue, HeddleError } from '@heddle/core';
import { readFromChild, type ToChild } from './messages.js';
import { spawnChild, type Child, type ChildExit, type SpawnChildOptions } from './spawn-child.js';

export interface CallerOptions extends Omit<SpawnChildOptions, 'onMessage' | 'onExit'> {
  /** Makes the error with which pending calls fail when the child ends. */
  readonly lost: (exit: ChildExit) => HeddleError;
  readonly onNotice?: (value: unknown) => void;
  readonly onExit?: (exit: ChildExit) => void;
}

export interface CallOptions {
  /** Asks the child to stop working on the call. The child decides how the call settles; by default it fails with `aborted`. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: unknown) => void;
}

/** A child process whose methods are called like functions. */
export interface Caller {
  readonly child: Child;
  /** Calls a method. Rejects with the child's HeddleError, or with the error of `lost` if the child ends first. */
  call<Value>(
    method: string,
    payload: unknown,
    parse: (value: unknown) => Value,
    options?: CallOptions,
  ): Promise<Value>;
  /** Ends the child; pending calls fail with the error of `lost`. */
  stop(): Promise<void>;
}

interface PendingCall {
  settle(value: unknown): void;
  fail(error: Error): void;
  readonly onEvent: ((event: unknown) => void) | undefined;
}

/**
 * Starts a child that runs `serveCalls`, and returns an object that calls its methods.
 *
 * @example const sum = await caller.call('add', { a: 1, b: 2 }, (value) => z.number().parse(value));
 */
export function createCaller(options: CallerOptions): Caller {
  const pending = new Map<number, PendingCall>();
  let lastId = 0;
  let gone: HeddleError | undefined;
  const child = spawnChild({
    ...options,
    onMessage: (raw) => deliver(raw, pending, options.onNotice),
    onExit: (exit) => {
      gone = options.lost(exit);
      for (const call of pending.values()) call.fail(gone);
      pending.clear();
      options.onExit?.(exit);
    },
  });
  const send = (message: ToChild): void => child.send(message);
  return {
    child,
    async call(method, payload, parse, { signal, onEvent } = {}) {
      if (gone !== undefined) throw gone;
      if (signal?.aborted === true)
        throw new HeddleError('aborted', `The call of '${method}' was stopped before it began.`);
      const id = ++lastId;
      const cancel = (): void => send({ kind: 'cancel', id });
      try {
        const value = await new Promise<unknown>((settle, fail) => {
          pending.set(id, { settle, fail, onEvent });
          send({ kind: 'call', id, method, payload });
          signal?.addEventListener('abort', cancel, { once: true });
        });
        return parse(value);
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },
    stop: () => child.stop(),
  };
}

function deliver(
  raw: unknown,
  pending: Map<number, PendingCall>,
  onNotice: ((value: unknown) => void) | undefined,
): void {
  const message = readFromChild(raw);
  if (message.kind === 'notice') {
    onNotice?.(message.value);
    return;
  }
  const call = pending.get(message.id);
  if (call === undefined) return;
  if (message.kind === 'event') {
    call.onEvent?.(message.event);
    return;
  }
  pending.delete(message.id);
  if (message.kind === 'result') call.settle(message.value);
  else call.fail(fromErrorValue(message.error));
}
