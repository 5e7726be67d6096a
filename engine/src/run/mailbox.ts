import type { EngineHost } from '../host.js';
import type { Message } from './message.js';
import type { Outcome } from './outcome.js';
import type { Task } from './run-tree.js';

/** Messages to the runner of one run, in order. The runner listens for the next one between its ticks. */
export class Mailbox {
  private messages: Message[] = [];
  private listener: (() => void) | undefined;
  /** Others on the event loop can work. */
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

  /** Has work done by the runner. */
  command(run: () => void): void {
    this.post({ type: 'command', run });
  }

  /** The same in a later tick of the event loop, when every function went on as far as it could. */
  commandLater(run: () => void): void {
    this.later(() => this.command(run));
  }

  /** Tells how the latest call of an execution ended. */
  outcome(task: Task, outcome: Outcome): void {
    this.post({ type: 'outcome', task, call: task.call, outcome });
  }

  /** Wakes the runner without a message. */
  poke(): void {
    if (!this.isResting) this.listener?.();
  }

  /** Calls back when there is something to do; undefined ends that. */
  listen(listener: (() => void) | undefined): void {
    this.listener = listener;
    if (this.messages.length > 0) this.poke();
  }

  /** All messages; the box is empty then. */
  take(): readonly Message[] {
    const messages = this.messages;
    this.messages = [];
    return messages;
  }

  /** Puts messages that there was no time for in front of the ones that came meanwhile. */
  putBack(messages: readonly Message[]): void {
    this.messages = [...messages, ...this.messages];
  }

  /** Wakes the runner again in a later tick of the event loop. */
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
