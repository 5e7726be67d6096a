import { randomUUID } from 'node:crypto';
import { HeddleError, Suspended, toErrorValue, type Delta, type NodeContext } from '@heddle/core';
import type { FromNodes, Result, RunRequest, ToNodes } from '../wire/messages.js';
import { checkPlain } from '../wire/plain-value.js';
import { mostLogLines, readArguments } from './context-calls.js';
import { serveContext, type ServedExecution } from './serve-context.js';
import { applyToContext } from './apply-to-context.js';
import { PendingRequests } from './pending-requests.js';
import type { Declared } from './effects.js';
import { errorOf } from './error-of.js';
import { LentResources } from './lent-resources.js';

type Outputs = Readonly<Record<string, unknown>>;
type Message<Kind extends FromNodes['kind']> = Extract<FromNodes, { kind: Kind }>;

interface ExecutionLink {
  send(message: ToNodes): void;
  /** Ends the process, because the execution did not end after it was aborted. */
  end(): void;
}

/** How long a node may take to end after it was aborted, in milliseconds. */
const graceMs = 1_000;
const mostCalls = 1_000;
/** The most bytes that the server holds for an execution, in pending calls or in deltas. */
const mostBytes = 128 * 2 ** 20;
/** The most deltas that wait to be read; a well-behaved node waits before that. */
const mostDeltas = 200;
/** How many deltas are read before the node may send more. */
const takenAtOnce = 16;

/**
 * The server's side of one execution of a custom node. It carries out what the context offers, but nothing that the node does not declare.
 * Messages from the process affect only this execution.
 */
export class HostExecution {
  private readonly declared: Declared;
  private readonly context: NodeContext;
  private readonly inputs: Outputs;
  private readonly streams: readonly string[];
  private readonly link: ExecutionLink;
  readonly id = randomUUID();
  private readonly lent: LentResources;
  private readonly served: ServedExecution;
  private readonly deltas: Delta[] = [];
  private taken = 0;
  private wake: (() => void) | undefined;
  private ended: { readonly value: Outputs } | { readonly error: unknown } | undefined;
  private readonly wants = new PendingRequests();
  private openCalls = 0;
  private openBytes = 0;
  private deltaBytes = 0;
  private logLines = 0;
  private suspended: Suspended | undefined;
  /** The error of a call that returns nothing; the execution fails with it at its end. */
  private failure: unknown;
  private grace: NodeJS.Timeout | undefined;

  constructor(
    declared: Declared,
    context: NodeContext,
    inputs: Outputs,
    streams: readonly string[],
    link: ExecutionLink,
  ) {
    this.declared = declared;
    this.context = context;
    this.inputs = inputs;
    this.streams = streams;
    this.link = link;
    this.lent = new LentResources(
      {
        next: async (iterable, isEnd) => {
          const { isDone, value } = await this.want((want) => ({ kind: 'next', run: this.id, want, iterable, isEnd }));
          return { isDone: isDone === true, value };
        },
        callback: (callback, args) => this.send({ kind: 'callback', run: this.id, callback, args }),
      },
      context.signal,
    );
    const effect = (step: number, key: string): Promise<unknown> => this.effect(step, key);
    this.served = { declared, context, inputs, streams, lent: this.lent, effect };
  }

  request(config: { readonly config: unknown; readonly isParsed: boolean }): RunRequest {
    const { runId, path, attempt, iteration, label, signal } = this.context;
    if (signal.aborted) throw signal.reason;
    signal.addEventListener('abort', this.cancel, { once: true });
    return {
      run: this.id,
      type: this.declared.type,
      ...config,
      inputs: Object.fromEntries(Object.entries(this.inputs).filter(([name]) => !this.streams.includes(name))),
      streams: this.streams.filter((name) => this.inputs[name] !== undefined),
      facts: { runId, path, attempt, iteration, label, now: this.context.now() },
    };
  }

  /** Waits for the next delta or the outputs. */
  async next(): Promise<IteratorResult<Delta, Outputs>> {
    for (;;) {
      const delta = this.deltas.shift();
      if (delta !== undefined) {
        if (this.deltas.length === 0) this.deltaBytes = 0;
        this.reportTaken();
        return { done: false, value: delta };
      }
      if (this.ended !== undefined) {
        if ('error' in this.ended) throw this.ended.error;
        return { done: true, value: this.ended.value };
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Aborts the node because its reader is gone, and waits until it has ended. */
  async giveUp(): Promise<void> {
    if (this.ended === undefined) this.cancel();
    while (this.ended === undefined)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
  }

  /** Ends the execution because its process is gone. */
  lose(error: HeddleError): void {
    this.finish({ error: this.context.signal.aborted ? this.context.signal.reason : error });
  }

  receive(message: FromNodes, bytes: number): void {
    if (this.ended !== undefined) return;
    switch (message.kind) {
      case 'delta':
        this.queue(message, bytes);
        return;
      case 'tell': {
        this.tell(message);
        return;
      }
      case 'call':
        return void this.answer(message, bytes);
      case 'given':
        this.wants.settle(message);
        return;
      case 'end': {
        this.end(message);
        return;
      }
      case 'answer':
      case 'pong':
    }
  }

  private queue({ port, delta }: Message<'delta'>, bytes: number): void {
    this.deltas.push(port === undefined ? { delta } : { port, delta });
    this.deltaBytes += bytes;
    // The node's own side waits until its deltas are read, so a node has tampered with this process.
    if (this.deltas.length > mostDeltas || this.deltaBytes > mostBytes) this.link.end();
    this.wake?.();
  }

  private end({ value, error, isSuspended }: Message<'end'>): void {
    if (isSuspended === true) {
      // Only the server suspends an execution; without that, the claim of the process is false.
      this.finish({
        error:
          this.suspended ??
          new HeddleError('node_failed', 'A custom node reports that it is suspended, but waits for nothing.'),
      });
      return;
    }
    if (error !== undefined) {
      this.finish({ error: errorOf(error, this.context.signal) });
      return;
    }
    if (this.failure !== undefined) {
      this.finish({ error: this.failure });
      return;
    }
    try {
      checkPlain(value);
      // The engine reports a value that is not an object with outputs.
      this.finish({ value: value as Outputs });
    } catch (refused) {
      this.finish({ error: refused });
    }
  }

  private finish(outcome: NonNullable<typeof this.ended>): void {
    if (this.ended !== undefined) return;
    this.ended = outcome;
    clearTimeout(this.grace);
    this.context.signal.removeEventListener('abort', this.cancel);
    this.wants.close();
    this.lent.close();
    this.wake?.();
  }

  private readonly cancel = (): void => {
    if (this.ended !== undefined || this.grace !== undefined) return;
    const { aborted } = this.context.signal;
    const reason: unknown = this.context.signal.reason;
    const error = toErrorValue(
      aborted ? reason : new HeddleError('aborted', 'Nobody needs the result any more.'),
      'aborted',
    );
    this.send({ kind: 'cancel', run: this.id, error });
    this.grace = setTimeout(() => {
      this.link.end();
    }, graceMs);
  };

  private reportTaken(): void {
    this.taken += 1;
    if (this.taken < takenAtOnce) return;
    this.send({ kind: 'taken', run: this.id, count: this.taken });
    this.taken = 0;
  }

  private send(message: ToNodes): void {
    this.link.send(message);
  }

  private tell({ method, args }: Message<'tell'>): void {
    try {
      checkPlain(args);
      this.note(method, args);
    } catch (error) {
      this.failure ??= error;
    }
  }

  private note(method: string, args: readonly unknown[]): void {
    if (method === 'return') this.lent.end(readArguments('return', args)[0]);
    else if (method === 'abort') this.lent.abort(readArguments('abort', args)[0]);
    else if (method !== 'log' || (this.logLines += 1) <= mostLogLines) applyToContext(this.context, method, args);
  }

  private async answer(message: Message<'call'>, bytes: number): Promise<void> {
    let result: Result;
    this.openCalls += 1;
    this.openBytes += bytes;
    try {
      if (this.openCalls > mostCalls || this.openBytes > mostBytes)
        throw new HeddleError(
          'node_failed',
          `A custom node has more than ${mostCalls} calls or ${mostBytes} bytes of calls open at once: await some of them first.`,
        );
      result = await serveContext(this.served, message);
    } catch (error) {
      if (error instanceof Suspended) this.suspended = error;
      result = error instanceof Suspended ? { type: 'suspended' } : { type: 'error', error: toErrorValue(error) };
    } finally {
      this.openCalls -= 1;
      this.openBytes -= bytes;
    }
    if (this.ended !== undefined) return;
    const reply = {
      kind: 'reply',
      run: this.id,
      call: message.call,
      label: this.context.label,
      now: this.context.now(),
    } as const;
    try {
      this.send({ ...reply, result });
    } catch (error) {
      // The value that a resource returned cannot be sent: the node gets the error.
      this.send({ ...reply, result: { type: 'error', error: toErrorValue(error) } });
    }
  }

  private async effect(step: number, idempotencyKey: string): Promise<unknown> {
    return (await this.want((want) => ({ kind: 'effect', run: this.id, want, step, idempotencyKey }))).value;
  }

  private async want(ask: (want: number) => ToNodes): Promise<Message<'given'>> {
    const given = await this.wants.ask((want) => {
      this.send(ask(want));
    });
    if (given.isSuspended === true && this.suspended !== undefined) throw this.suspended;
    if (given.error !== undefined) throw errorOf(given.error, this.context.signal);
    checkPlain(given.value);
    return given;
  }
}
