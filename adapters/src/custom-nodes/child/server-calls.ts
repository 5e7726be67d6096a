import { fromErrorValue, Suspended, toErrorValue, type Label, type ResourceKind } from '@heddle/core';
import type { FromNodes, Hole, Result, ToNodes } from '../wire/messages.js';

/** Marks a resource that is passed as an argument of a call, such as a tokenizer for splitting a document. */
export const resourceId = Symbol('resource');

export interface OpenedResource {
  readonly kind: ResourceKind;
  readonly id: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly methods: readonly string[];
}

type Effect = (idempotencyKey: string) => Promise<unknown>;
interface Given {
  readonly value?: unknown;
  readonly isDone?: boolean;
}
interface Waiting {
  settle(value: unknown): void;
  fail(error: unknown): void;
}

/** The calls of one execution to the server, and the requests of the server to it. */
export class ServerCalls {
  label: Label | undefined;
  private lastId = 0;
  private readonly waiting = new Map<number, Waiting>();
  private readonly effects = new Map<number, Effect>();
  private readonly callbacks = new Map<number, (...args: readonly unknown[]) => unknown>();
  private readonly iterators = new Map<number, AsyncIterator<unknown> | Iterator<unknown>>();

  private readonly run: string;
  private readonly send: (message: FromNodes) => void;

  constructor(run: string, send: (message: FromNodes) => void) {
    this.run = run;
    this.send = send;
  }

  tell(method: string, args: readonly unknown[]): void {
    this.send({ kind: 'tell', run: this.run, method, args: [...args] });
  }

  async call(method: string, args: readonly unknown[]): Promise<unknown> {
    return valueOf(await this.ask(method, args));
  }

  async open(kind: ResourceKind, args: readonly unknown[]): Promise<OpenedResource> {
    const result = await this.ask('use', [kind, ...args]);
    if (result.type !== 'resource') throw new TypeError(`The server returned no '${kind}'.`);
    return { kind, ...result };
  }

  async invoke(resource: number, method: string, args: readonly unknown[]): Promise<unknown> {
    const result = await this.ask('invoke', args, [resource, method]);
    return result.type === 'iterable' ? this.pull(result.id) : valueOf(result);
  }

  /** Calls a method of a resource that returns an async iterable at once. */
  async *iterate(resource: number, method: string, args: readonly unknown[]): AsyncGenerator {
    const result = await this.ask('invoke', args, [resource, method]);
    if (result.type === 'iterable') yield* this.pull(result.id);
  }

  async *input(name: string): AsyncGenerator {
    const result = await this.ask('input', [name]);
    if (result.type === 'iterable') yield* this.pull(result.id);
  }

  async step(key: string, effect: Effect): Promise<unknown> {
    const id = this.lastId + 1;
    this.effects.set(id, effect);
    try {
      return valueOf(await this.ask('step', [key]));
    } finally {
      this.effects.delete(id);
    }
  }

  receive(message: Extract<ToNodes, { run: string }>): void {
    switch (message.kind) {
      case 'reply': {
        this.label = message.label;
        const call = this.waiting.get(message.call);
        this.waiting.delete(message.call);
        if (message.result.type === 'error') call?.fail(fromErrorValue(message.result.error));
        else if (message.result.type === 'suspended') call?.fail(new Suspended());
        else call?.settle(message.result);
        return;
      }
      case 'effect':
        return void this.give(message.want, async () => ({
          value: await this.effects.get(message.step)?.(message.idempotencyKey),
        }));
      case 'next':
        return void this.give(message.want, () => this.next(message.iterable, message.isEnd));
      case 'callback':
        this.callbacks.get(message.callback)?.(...message.args);
        return;
      case 'run':
      case 'cancel':
      case 'taken':
    }
  }

  /** Ends all pending calls: the execution is over. */
  close(): void {
    this.waiting.clear();
  }

  private ask(method: string, args: readonly unknown[], before: readonly unknown[] = []): Promise<Result> {
    const call = (this.lastId += 1);
    const { values, holes } = this.pack(args, before.length);
    return new Promise((resolve, reject) => {
      this.waiting.set(call, {
        // The server sends only results here.
        settle: (value) => resolve(value as Result),
        fail: reject,
      });
      this.send({ kind: 'call', run: this.run, call, method, args: [...before, ...values], holes });
    });
  }

  private async *pull(iterable: number): AsyncGenerator {
    let isDone = false;
    try {
      for (;;) {
        // The server returns the result of its iterator.
        const step = valueOf(await this.ask('next', [iterable])) as { readonly done: boolean; readonly value: unknown };
        isDone = step.done;
        if (isDone) return;
        yield step.value;
      }
    } finally {
      if (!isDone) this.tell('return', [iterable]);
    }
  }

  private async next(id: number, isEnd: boolean): Promise<Given> {
    const iterator = this.iterators.get(id);
    const step = isEnd ? await iterator?.return?.() : await iterator?.next();
    if (isEnd || step?.done !== false) {
      this.iterators.delete(id);
      return { isDone: true };
    }
    return { value: step.value, isDone: false };
  }

  private async give(want: number, make: () => Promise<Given>): Promise<void> {
    const { run } = this;
    try {
      this.send({ kind: 'given', run, want, ...(await make()) });
    } catch (error) {
      this.send({
        kind: 'given',
        run,
        want,
        ...(error instanceof Suspended ? { isSuspended: true } : { error: toErrorValue(error) }),
      });
    }
  }

  /** Replaces arguments that cannot be sent: signals, callbacks, iterables and resources, at the top level or one level below. */
  private pack(args: readonly unknown[], offset: number): { readonly values: unknown[]; readonly holes: Hole[] } {
    const holes: Hole[] = [];
    const values = args.map((argument, index) => {
      const whole = this.holeOf(argument, false);
      if (whole !== undefined) {
        holes.push({ at: index + offset, ...whole });
        return undefined;
      }
      if (typeof argument !== 'object' || argument === null || !isRecord(argument)) return argument;
      const kept: Record<string, unknown> = {};
      for (const [member, value] of Object.entries(argument)) {
        const hole = this.holeOf(value, member.startsWith('on'));
        if (hole !== undefined) holes.push({ at: index + offset, member, ...hole });
        else if (typeof value !== 'function') kept[member] = value;
      }
      return kept;
    });
    return { values, holes };
  }

  private holeOf(value: unknown, isCallback: boolean): Pick<Hole, 'kind' | 'id'> | undefined {
    if (typeof value === 'function' && isCallback) {
      const id = (this.lastId += 1);
      // A callback of a call: it receives plain data, and its result is ignored.
      this.callbacks.set(id, value as (...args: readonly unknown[]) => unknown);
      return { kind: 'callback', id };
    }
    if (typeof value !== 'object' || value === null) return undefined;
    if (value instanceof AbortSignal) {
      const id = (this.lastId += 1);
      const abort = (): void => this.tell('abort', [id]);
      if (value.aborted) queueMicrotask(abort);
      else value.addEventListener('abort', abort, { once: true });
      return { kind: 'signal', id };
    }
    if (resourceId in value) return { kind: 'resource', id: Number(value[resourceId]) };
    const iterator = iteratorOf(value);
    if (iterator === undefined) return undefined;
    const id = (this.lastId += 1);
    this.iterators.set(id, iterator);
    return { kind: 'iterable', id };
  }
}

function iteratorOf(value: object): AsyncIterator<unknown> | Iterator<unknown> | undefined {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return undefined;
  // An object with one of these symbols can be iterated.
  if (Symbol.asyncIterator in value) return (value as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  return Symbol.iterator in value ? (value as Iterable<unknown>)[Symbol.iterator]() : undefined;
}

function isRecord(value: object): value is Record<string, unknown> {
  return !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function valueOf(result: Result): unknown {
  return result.type === 'value' ? result.value : undefined;
}
