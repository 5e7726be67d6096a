import { receiveMessageOnPort, MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { fromErrorValue, HeddleError, toErrorValue } from '@heddle/core';
import { resolveEntry } from '../../child/resolve-entry.js';
import { ownFile } from '../../child/own-file.js';
import type { FromDescriber, Question, ToDescriber } from './describe-worker.js';
import type { NodesCommand } from './start-nodes.js';

const entry = ownFile('custom-nodes/host/describe-worker.js');
/** How long the compiler waits for a node to read a config, in milliseconds. */
const answerMs = 1_000;

/** Requests readings of configs from the processes of custom nodes, for callers that cannot wait for a promise, such as the compiler. */
export class Describer {
  private readonly state = new Int32Array(new SharedArrayBuffer(4));
  private readonly worker: Worker;
  private readonly port: MessagePort;
  private lost: HeddleError | undefined;
  private lastId = 0;
  private readonly waiting = new Map<number, (answer: FromDescriber) => void>();

  constructor() {
    const { file, execArgv } = resolveEntry(entry);
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.worker = new Worker(file, {
      execArgv: [...execArgv],
      env: {},
      workerData: { state: this.state, port: port2 },
      transferList: [port2],
    });
    this.port.on('message', (answer: FromDescriber) => this.deliver(answer));
    this.port.unref();
    this.worker.unref();
    // All pending callers get this error. The thread fails only if it runs out of memory.
    this.worker.on('error', (error) => this.lose(error));
    this.worker.on('exit', () => this.lose(undefined));
  }

  /**
   * Starts the process of a package under a key, and returns the descriptions of its nodes. Errors:
   * `custom_nodes_invalid`.
   */
  async open(key: number, name: string, command: NodesCommand): Promise<unknown> {
    return valueOf(await this.later({ kind: 'open', key, name, command }));
  }

  /** Sends a request and blocks until the reply arrives. Errors: `custom_node_crashed`, and those of the node. */
  ask(key: number, name: string, request: Question): unknown {
    if (this.lost !== undefined) throw this.lost;
    const id = (this.lastId += 1);
    const deadline = performance.now() + answerMs;
    this.post({ kind: 'ask', id, key, request });
    for (;;) {
      const seen = Atomics.load(this.state, 0);
      for (let next = receiveMessageOnPort(this.port); next !== undefined; next = receiveMessageOnPort(this.port)) {
        // The thread sends only this type.
        const answer = next.message as FromDescriber;
        if (answer.id === id) return valueOf(answer);
        this.deliver(answer);
      }
      const left = deadline - performance.now();
      if (left <= 0) break;
      Atomics.wait(this.state, 0, seen, left);
    }
    this.post({ kind: 'late', id, key });
    throw new HeddleError(
      'custom_node_crashed',
      `'${request.type}' of '${name}' did not describe its settings within ${answerMs / 1_000} s: make its functions other than 'run' faster.`,
      { details: { isLate: true } },
    );
  }

  async closePackage(key: number): Promise<void> {
    await this.later({ kind: 'close', key });
  }

  async close(): Promise<void> {
    this.port.close();
    // This process must not exit while it waits for the reply.
    this.worker.ref();
    await this.worker.terminate();
  }

  private later(message: DistributiveOmit<ToDescriber, 'id'>): Promise<FromDescriber> {
    const id = (this.lastId += 1);
    if (this.lost !== undefined) return Promise.resolve({ id, error: toErrorValue(this.lost) });
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.port.ref();
      this.post({ ...message, id });
    });
  }

  private lose(cause: unknown): void {
    this.lost ??= new HeddleError(
      'custom_node_crashed',
      `The thread that describes custom nodes has ended${cause instanceof Error ? ` (${cause.message})` : ''}: restart Heddle.`,
      { cause },
    );
    const error = toErrorValue(this.lost);
    for (const [id, settle] of this.waiting) settle({ id, error });
    this.waiting.clear();
  }

  private post(message: ToDescriber): void {
    this.port.postMessage(message);
  }

  private deliver(answer: FromDescriber): void {
    this.waiting.get(answer.id)?.(answer);
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0) this.port.unref();
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function valueOf({ error, value }: FromDescriber): unknown {
  if (error !== undefined) throw fromErrorValue(error);
  return value;
}
