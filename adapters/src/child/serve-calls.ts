import { HeddleError, toErrorValue } from '@heddle/core';
import { endWithParent } from './end-with-parent.js';
import { readToChild, type FromChild } from './messages.js';

export interface CallContext {
  /** Aborts when the caller gives up. */
  readonly signal: AbortSignal;
  /** Sends an event to the caller, before the result. */
  emit(event: unknown): void;
}

/** A method that a child serves; it parses its own payload. */
type CallMethod = (payload: unknown, context: CallContext) => Promise<unknown>;

/** Returns the processor time in milliseconds that this process has used, so that its parent need not ask the system. */
const ping: CallMethod = () => {
  const { user, system } = process.cpuUsage();
  return Promise.resolve((user + system) / 1_000);
};

/** Sends the parent a message that belongs to no call. */
type Notify = (value: unknown) => void;

/**
 * Serves calls in a child process; its parent is a `createCaller`. Ends with the parent.
 *
 * @example serveCalls({ add: async (payload) => { const { a, b } = Sum.parse(payload); return a + b; } });
 */
export function serveCalls(methods: Readonly<Record<string, CallMethod>>): Notify {
  endWithParent();
  const send = (message: FromChild): void => {
    // The callback takes the error of a channel that closes meanwhile: its end ends this process.
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  };
  const running = new Map<number, AbortController>();
  const answer = async (id: number, name: string, payload: unknown): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      // Every child answers `ping`. The reply shows that its entry is loaded, and how much processor time it has used.
      const method = Object.hasOwn(methods, name) ? methods[name] : name === 'ping' ? ping : undefined;
      if (method === undefined) throw new HeddleError('internal', `The child process has no method '${name}'.`);
      const value = await method(payload, {
        signal: controller.signal,
        emit: (event) => send({ kind: 'event', id, event }),
      });
      send({ kind: 'result', id, value });
    } catch (error) {
      send({ kind: 'error', id, error: toErrorValue(error, 'internal') });
    } finally {
      running.delete(id);
    }
  };
  process.on('message', (raw) => {
    const message = readToChild(raw);
    if (message.kind === 'cancel') running.get(message.id)?.abort();
    else void answer(message.id, message.method, message.payload);
  });
  return (value) => send({ kind: 'notice', value });
}
