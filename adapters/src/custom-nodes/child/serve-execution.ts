import {
  fromErrorValue,
  HeddleError,
  Suspended,
  toErrorValue,
  type Delta,
  type ErrorValue,
  type NodeDefinition,
} from '@heddle/core';
import type { FromNodes, RunRequest, ToNodes } from '../wire/messages.js';
import { createChildContext } from './child-context.js';
import { ServerCalls } from './server-calls.js';

/** The most deltas that are sent but not read yet; then the node waits. */
const window = 64;

export class ChildExecution {
  private readonly controller = new AbortController();
  private readonly calls: ServerCalls;
  private inFlight = 0;
  private go: (() => void) | undefined;

  private readonly request: RunRequest;
  private readonly send: (message: FromNodes) => void;

  constructor(request: RunRequest, send: (message: FromNodes) => void) {
    this.request = request;
    this.send = send;

    this.calls = new ServerCalls(request.run, send);
  }

  /** Runs the node to its end and reports the result; it never rejects. */
  async serve(definition: NodeDefinition, config: unknown): Promise<void> {
    const { run } = this.request;
    try {
      const context = createChildContext(this.request, this.calls, this.controller.signal);
      const streams = this.request.streams.map((name) => [name, this.calls.input(name)] as const);
      const inputs = { ...this.request.inputs, ...Object.fromEntries(streams) };
      const value = await this.follow(definition.run({ config, inputs, context }));
      this.send({ kind: 'end', run, value });
    } catch (error) {
      this.send(
        error instanceof Suspended
          ? { kind: 'end', run, isSuspended: true }
          : { kind: 'end', run, error: failureOf(error) },
      );
    } finally {
      this.calls.close();
    }
  }

  receive(message: Extract<ToNodes, { run: string }>): void {
    if (message.kind === 'cancel') this.cancel(message.error);
    else if (message.kind === 'taken') {
      this.inFlight -= message.count;
      this.go?.();
    } else this.calls.receive(message);
  }

  private cancel(error: ErrorValue): void {
    this.controller.abort(fromErrorValue(error));
    this.go?.();
  }

  private async follow(result: ReturnType<NodeDefinition['run']>): Promise<unknown> {
    if (!isGenerator(result)) return result;
    for (;;) {
      const step = await result.next();
      if (step.done === true) return step.value;
      const { port, delta } = step.value;
      this.inFlight += 1;
      this.send({ kind: 'delta', run: this.request.run, port, delta });
      while (this.inFlight >= window && !this.controller.signal.aborted)
        await new Promise<void>((resolve) => (this.go = resolve));
      if (this.controller.signal.aborted) {
        await result.return({});
        throw this.controller.signal.reason;
      }
    }
  }
}

function isGenerator(value: unknown): value is AsyncGenerator<Delta, unknown, void> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}

function failureOf(error: unknown): ErrorValue {
  if (error instanceof HeddleError || error instanceof Error) return toErrorValue(error);
  return { code: 'node_failed', message: String(error), retryable: false };
}
