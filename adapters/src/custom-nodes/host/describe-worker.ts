import { MessagePort, workerData } from 'node:worker_threads';
import { HeddleError, toErrorValue, type ErrorValue } from '@heddle/core';
import { z } from 'zod';
import { FromNodes } from '../wire/messages.js';
import { createBackoff } from './backoff.js';
import { lostError, startNodes, type NodesCommand, type NodesProcess } from './start-nodes.js';

/** Messages to the thread. `open` starts the process of a package and describes its nodes; `ask` works only after `open`. */
export type ToDescriber =
  | {
      readonly kind: 'open';
      readonly id: number;
      readonly key: number;
      readonly name: string;
      readonly command: NodesCommand;
    }
  | { readonly kind: 'ask'; readonly id: number; readonly key: number; readonly request: Question }
  /** The reply took too long: the process is restarted. */
  | { readonly kind: 'late'; readonly id: number; readonly key: number }
  | { readonly kind: 'close'; readonly id: number; readonly key: number };
export type Question =
  | { readonly kind: 'read'; readonly type: string; readonly config: unknown; readonly isParsed: boolean }
  | { readonly kind: 'migrate'; readonly type: string; readonly config: unknown; readonly from: number };

export interface FromDescriber {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: ErrorValue;
}

/** How long a package may take to load, in milliseconds. */
const loadMs = 30_000;

/**
 * Owns the processes that describe custom nodes, in a thread of its own. The compiler cannot wait for a promise: its thread sleeps until
 * this one has the reply.
 */
class Described {
  private process: NodesProcess | undefined;
  private isReady = false;
  private lastId = 0;
  private readonly waiting = new Map<number, (answer: Omit<FromDescriber, 'id'>) => void>();
  private readonly backoff = createBackoff();
  private isClosed = false;

  private readonly name: string;
  private readonly command: NodesCommand;

  constructor(name: string, command: NodesCommand) {
    this.name = name;
    this.command = command;
  }

  async describe(): Promise<Omit<FromDescriber, 'id'>> {
    this.start();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Omit<FromDescriber, 'id'>>((resolve) => {
      timer = setTimeout(() => {
        resolve({ error: toErrorValue(tooSlow(this.name)) });
        void this.process?.stop();
      }, loadMs);
    });
    const answer = await Promise.race([this.send({ kind: 'describe' }), late]);
    clearTimeout(timer);
    this.isReady = answer.error === undefined && this.process !== undefined;
    return answer;
  }

  ask(question: Question): Promise<Omit<FromDescriber, 'id'>> {
    if (!this.isReady)
      return Promise.resolve({
        error: toErrorValue(
          new HeddleError(
            'custom_node_crashed',
            `The process that describes the nodes of '${this.name}' is being restarted: try again in a moment.`,
          ),
        ),
      });
    return this.send(question);
  }

  late(): void {
    void this.process?.stop();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.process?.stop();
  }

  private start(): void {
    const started = startNodes(this.command, {
      onMessage: (raw) => {
        const message = FromNodes.safeParse(raw);
        if (!message.success || message.data.kind !== 'answer') return void started.stop();
        const { id, ...answer } = message.data;
        this.waiting.get(id)?.(answer);
        this.waiting.delete(id);
      },
      onExit: (exit, broken) => {
        this.isReady = false;
        this.process = undefined;
        const error = toErrorValue(lostError(this.name, exit, broken));
        for (const answer of this.waiting.values()) answer({ error });
        this.waiting.clear();
        if (!this.isClosed) setTimeout(() => void (this.isClosed ? undefined : this.describe()), this.backoff.next());
      },
    });
    started.hold(false);
    this.process = started;
  }

  private send(question: Question | { readonly kind: 'describe' }): Promise<Omit<FromDescriber, 'id'>> {
    const id = (this.lastId += 1);
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      try {
        this.process?.send({ id, ...question });
      } catch (error) {
        this.waiting.delete(id);
        resolve({ error: toErrorValue(error) });
      }
    });
  }
}

const tooSlow = (name: string): HeddleError =>
  new HeddleError(
    'custom_nodes_invalid',
    `'${name}' did not load within ${loadMs / 1_000} s: check the top-level code of its modules.`,
  );

/** Replies on `port`, and wakes the thread that waits on `state`. */
function serveDescriptions(port: MessagePort, state: Int32Array<SharedArrayBuffer>): void {
  const packages = new Map<number, Described>();
  const answer = (id: number, given: Omit<FromDescriber, 'id'>): void => {
    port.postMessage({ id, ...given } satisfies FromDescriber);
    Atomics.add(state, 0, 1);
    Atomics.notify(state, 0);
  };
  // Only Describer sends messages here.
  port.on('message', (message: ToDescriber) => {
    void (async () => {
      const known = packages.get(message.key);
      switch (message.kind) {
        case 'open': {
          const opened = new Described(message.name, message.command);
          packages.set(message.key, opened);
          answer(message.id, await opened.describe());
          return;
        }
        case 'ask': {
          answer(
            message.id,
            known === undefined
              ? { error: toErrorValue(new Error('It is closed.')) }
              : await known.ask(message.request),
          );
          return;
        }
        case 'late':
          return known?.late();
        case 'close':
          packages.delete(message.key);
          await known?.close();
          {
            answer(message.id, {});
            return;
          }
      }
    })();
  });
}

const State = z.custom<Int32Array<SharedArrayBuffer>>((value) => value instanceof Int32Array);
const { port, state } = z.object({ state: State, port: z.instanceof(MessagePort) }).parse(workerData);
serveDescriptions(port, state);
