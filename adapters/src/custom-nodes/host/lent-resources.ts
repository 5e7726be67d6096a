import { HeddleError, type ResourceKind } from '@heddle/core';
import type { Hole, Result } from '../wire/messages.js';
import { checkPlain } from '../wire/plain-value.js';
import { resourceMembers } from '../wire/resource-members.js';

/** The requests to the node's process that stand in for arguments which cannot be sent. */
interface NodeSide {
  next(iterable: number, isEnd: boolean): Promise<{ readonly isDone: boolean; readonly value: unknown }>;
  callback(callback: number, args: readonly unknown[]): void;
}

/** The most objects of an execution that its process knows by number. */
const mostThings = 10_000;

/** The resources, iterables and signals that the server lends to an execution, by number. */
export class LentResources {
  private readonly node: NodeSide;
  private readonly signal: AbortSignal;
  private lastId = 0;
  private readonly resources = new Map<number, { readonly kind: ResourceKind; readonly resource: object }>();
  private readonly iterators = new Map<number, AsyncIterator<unknown>>();
  private readonly signals = new Map<number, AbortController>();

  constructor(node: NodeSide, signal: AbortSignal) {
    this.node = node;
    this.signal = signal;
  }

  lend(kind: ResourceKind, resource: object): Result {
    const { facts, methods, iterables } = resourceMembers[kind];
    const id = this.nextId();
    this.resources.set(id, { kind, resource });
    const read = (name: string): unknown => Reflect.get(resource, name, resource);
    return {
      type: 'resource',
      id,
      facts: Object.fromEntries(facts.flatMap((name) => (read(name) === undefined ? [] : [[name, read(name)]]))),
      methods: [...methods, ...iterables].filter((name) => typeof read(name) === 'function'),
    };
  }

  lendIterable(iterable: AsyncIterable<unknown>): Result {
    const id = this.nextId();
    this.iterators.set(id, iterable[Symbol.asyncIterator]());
    return { type: 'iterable', id };
  }

  /** Calls a method of a lent resource. Only methods of its kind are allowed. */
  async invoke(id: number, method: string, args: readonly unknown[], holes: readonly Hole[]): Promise<Result> {
    const lent = this.resources.get(id);
    if (lent === undefined) throw unknown('resource');
    const { methods, iterables } = resourceMembers[lent.kind];
    const member: unknown = [...methods, ...iterables].includes(method)
      ? Reflect.get(lent.resource, method, lent.resource)
      : undefined;
    if (typeof member !== 'function')
      throw new HeddleError(
        'node_failed',
        `A resource of the kind '${lent.kind}' has no method '${method.slice(0, 40)}'.`,
      );
    checkPlain(args);
    const given: unknown = Reflect.apply(member, lent.resource, this.fill(args, holes));
    if (isAsyncIterable(given)) return this.lendIterable(given);
    return { type: 'value', value: await given };
  }

  async next(id: number): Promise<Result> {
    const iterator = this.iterators.get(id);
    if (iterator === undefined) throw unknown('iterable');
    const step: IteratorResult<unknown, unknown> = await iterator.next();
    if (step.done === true) this.iterators.delete(id);
    return { type: 'value', value: step.done === true ? { done: true } : { done: false, value: step.value } };
  }

  /** Ends an iterable, because the node reads no further. */
  end(id: number): void {
    const iterator = this.iterators.get(id);
    this.iterators.delete(id);
    void iterator?.return?.().catch(() => undefined);
  }

  abort(id: number): void {
    this.signals.get(id)?.abort(new HeddleError('aborted', 'The node stopped the call.'));
  }

  close(): void {
    for (const id of [...this.iterators.keys()]) this.end(id);
    for (const controller of this.signals.values()) controller.abort(new HeddleError('aborted', 'The node has ended.'));
    this.resources.clear();
    this.signals.clear();
  }

  /** Replaces the arguments that could not be sent by stand-ins. */
  private fill(args: readonly unknown[], holes: readonly Hole[]): unknown[] {
    const filled: unknown[] = [...args];
    // In a call of a resource, its number and the method come before the arguments.
    const before = 2;
    for (const { at, member, kind, id } of holes) {
      const index = at - before;
      if (index < 0 || index >= filled.length) throw unknown('argument');
      const value = this.stand(kind, id);
      if (member === undefined) filled[index] = value;
      else if (member !== '__proto__') filled[index] = { ...asObject(filled[index]), [member]: value };
    }
    return filled;
  }

  private stand(kind: Hole['kind'], id: number): unknown {
    switch (kind) {
      case 'signal': {
        const controller = new AbortController();
        this.signals.set(id, controller);
        this.checkSize();
        return AbortSignal.any([controller.signal, this.signal]);
      }
      case 'callback':
        return (...args: unknown[]): void => this.node.callback(id, args);
      case 'iterable':
        return this.iterableOf(id);
      case 'resource': {
        const lent = this.resources.get(id);
        if (lent === undefined) throw unknown('resource');
        return lent.resource;
      }
    }
  }

  private async *iterableOf(id: number): AsyncGenerator {
    let isDone = false;
    try {
      for (;;) {
        const step = await this.node.next(id, false);
        isDone = step.isDone;
        if (isDone) return;
        checkPlain(step.value);
        yield step.value;
      }
    } finally {
      if (!isDone) void this.node.next(id, true).catch(() => undefined);
    }
  }

  private nextId(): number {
    this.checkSize();
    return (this.lastId += 1);
  }

  private checkSize(): void {
    if (this.resources.size + this.iterators.size + this.signals.size > mostThings)
      throw new HeddleError(
        'node_failed',
        `A custom node holds more than ${mostThings} resources and streams at once.`,
      );
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});
const unknown = (what: string): HeddleError =>
  new HeddleError('node_failed', `A custom node named a ${what} that it was not given.`);
