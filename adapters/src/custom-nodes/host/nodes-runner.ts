import { HeddleError, type Delta, type NodeContext } from '@heddle/core';
import { untilAborted } from '../../child/until-aborted.js';
import { watchWork } from '../../child/watch-work.js';
import { FromNodes, type ToNodes } from '../wire/messages.js';
import { createBackoff } from './backoff.js';
import type { Declared } from './effects.js';
import { HostExecution } from './host-execution.js';
import { lostError, startNodes, type NodesCommand, type NodesProcess } from './start-nodes.js';

type Outputs = Readonly<Record<string, unknown>>;

export interface NodeRun {
  readonly declared: Declared;
  readonly config: { readonly config: unknown; readonly isParsed: boolean };
  readonly inputs: Outputs;
  readonly streams: readonly string[];
  readonly context: NodeContext;
}

/**
 * Runs the nodes of one version of a package in a process of its own. If the process ends, its executions fail with a retryable error, and
 * it starts again after a pause that grows.
 */
export class NodesRunner {
  private readonly name: string;
  private readonly command: NodesCommand;
  /**
   * How long a node may block its process without a pause, in milliseconds; longer on a busy machine. Other executions in the process wait
   * meanwhile.
   */
  private readonly heldMs: number;
  private process: NodesProcess | undefined;
  private readonly executions = new Map<string, HostExecution>();
  private readonly backoff = createBackoff();
  private onLoaded: (() => void) | undefined;
  private pulse: NodeJS.Timeout | undefined;
  /** Ends the wait for a message from the process. */
  private heard: (() => void) | undefined;
  private isHeld = false;
  private restart: Promise<void> | undefined;
  private isRetired = false;
  private isClosed = false;

  constructor(name: string, command: NodesCommand, heldMs: number) {
    this.name = name;
    this.command = command;
    this.heldMs = heldMs;
  }

  /** Runs a node. Errors: those of the node, `custom_node_crashed`, `effect_undeclared`. */
  async *run({ declared, config, inputs, streams, context }: NodeRun): AsyncGenerator<Delta, Outputs, void> {
    while (this.restart !== undefined) await untilAborted(this.restart, context.signal);
    if (this.isClosed) throw new HeddleError('shutting_down', `The custom nodes of '${this.name}' are closed.`);
    const process = (this.process ??= this.start());
    const execution = new HostExecution(declared, context, inputs, streams, {
      send: (message: ToNodes) => process.send(message),
      end: () => void process.stop(),
    });
    this.executions.set(execution.id, execution);
    process.hold(true);
    this.pulse ??= this.watch();
    try {
      process.send({ kind: 'run', ...execution.request(config) });
    } catch (error) {
      this.forget(execution);
      throw error;
    }
    try {
      for (;;) {
        const next = await execution.next();
        if (next.done === true) return next.value;
        yield next.value;
      }
    } finally {
      await execution.giveUp();
      this.forget(execution);
    }
  }

  /** Starts the process, and waits until it has loaded the current package or has ended. */
  async warm(): Promise<void> {
    const process = (this.process ??= this.start());
    const loaded = new Promise<void>((resolve) => {
      this.onLoaded = resolve;
    });
    process.send({ kind: 'describe', id: 0 });
    await Promise.race([loaded, process.exited]);
    if (this.executions.size === 0) process.hold(false);
  }

  /** Ends the process once nothing runs in it any more, because a newer version has replaced it. */
  retire(): void {
    this.isRetired = true;
    this.endIfIdle();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.process?.stop();
  }

  private forget(execution: HostExecution): void {
    this.executions.delete(execution.id);
    if (this.executions.size === 0) {
      this.process?.hold(false);
      clearInterval(this.pulse);
      this.pulse = undefined;
      this.stopWaiting();
    }
    this.endIfIdle();
  }

  private endIfIdle(): void {
    if (this.isRetired && this.executions.size === 0) void this.close();
  }

  private start(): NodesProcess {
    const started = startNodes(this.command, {
      onMessage: (raw, bytes) => {
        this.stopWaiting();
        const message = FromNodes.safeParse(raw);
        // A process that violates the protocol has been tampered with.
        if (!message.success) return void started.stop();
        if (message.data.kind === 'answer') this.onLoaded?.();
        if ('run' in message.data) this.executions.get(message.data.run)?.receive(message.data, bytes);
      },
      onExit: (exit, broken) => {
        this.process = undefined;
        this.stopWaiting();
        const why = this.isHeld ? `a node blocked it for ${this.heldMs / 1_000} s without a pause` : broken;
        this.isHeld = false;
        const running = [...this.executions.values()];
        this.executions.clear();
        if (!this.isClosed) this.pause();
        for (const execution of running) execution.lose(lostError(this.name, exit, why));
      },
    });
    return started;
  }

  /** Ends a process that does not reply although it had the processor: a node blocks its event loop. */
  private watch(): NodeJS.Timeout {
    return setInterval(() => {
      if (this.process === undefined) return;
      this.process.send({ kind: 'ping' });
      this.heard ??= watchWork(this.process.pid, { checkEveryMs: this.heldMs, workMs: this.heldMs / 2 }, () => {
        this.isHeld = true;
        void this.process?.stop();
      });
    }, this.heldMs / 6);
  }

  private stopWaiting(): void {
    this.heard?.();
    this.heard = undefined;
  }

  private pause(): void {
    const ms = this.backoff.next();
    this.restart = new Promise((resolve) => {
      setTimeout(() => {
        this.restart = undefined;
        resolve();
      }, ms);
    });
  }
}
