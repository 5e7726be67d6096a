import type { EngineHost } from '../host.js';
import type { Message } from './message.js';
import type { Outcome } from './outcome.js';
import type { Task } from './run-tree.js';

/** The queue of messages to the runner of one run. The runner takes them between its ticks. */
export class Mailbox {
  private messages: Message[] = [];
  private listener: (() => void) | undefined;
  /** Whether the runner lets other work on the event loop go first. */
  private isResting = false;
  private readonly host: Pick<EngineHost, 'later'>;

  constructor(host: Pick<EngineHost, 'later'>) {
    this.host = host;
  }

  get isEmpty(): boolean {
    return this.messages.length === 0;
  }

  post(message: Message): void {
    this.messages.push(message);
    this.poke();
  }

  /** Queues work for the runner. */
  command(run: () => void): void {
    this.post({ type: 'command', run });
  }

  /** Queues work in a later tick of the event loop, after every function has gone on as far as it can. */
  commandLater(run: () => void): void {
    this.later(() => this.command(run));
  }

  /** Queues the outcome of the latest call of an execution. */
  outcome(task: Task, outcome: Outcome): void {
    this.post({ type: 'outcome', task, call: task.call, outcome });
  }

  /** Wakes the runner without a message. */
  poke(): void {
    if (!this.isResting) this.listener?.();
  }

  /** Registers the function that is called when there is something to do; undefined removes it. */
  listen(listener: (() => void) | undefined): void {
    this.listener = listener;
    if (this.messages.length > 0) this.poke();
  }

  /** Takes all messages out. */
  take(): readonly Message[] {
    const messages = this.messages;
    this.messages = [];
    return messages;
  }

  /** Puts back messages that there was no time for, in front of newer ones. */
  putBack(messages: readonly Message[]): void {
    this.messages = [...messages, ...this.messages];
  }

  /** Pauses the runner until a later tick of the event loop. */
  rest(): void {
    this.command(() => undefined);
    this.isResting = true;
    this.later(() => {
      this.isResting = false;
      this.listener?.();
    });
  }

  later(callback: () => void): void {
    if (this.host.later === undefined) setImmediate(callback);
    else this.host.later(callback);
  }
}
