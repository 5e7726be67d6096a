import {
  HeddleError,
  checkValue,
  joinLabels,
  lowerLabel,
  toHeddleError,
  type Label,
  type Lowering,
  type PlanNode,
  type RunEventOf,
} from '@heddle/core';
import type { Deadline } from './deadline-wheel.js';
import type { Frame } from './frame.js';
import { emptyHistory, type AskEntry, type History } from './recovery/history.js';
import type { PendingNested } from './nested.js';
import type { Committed } from './outbox.js';
import type { Outputs } from './scheduler/scheduler-types.js';

/**
 * `idle`: waits for its producer's next attempt (S4). `queued`: ready, or waiting for a slot. `starting`: its start is being committed. `held`: ended, but its producers have not
 * (S3). `committing`: its result is being committed. `over`: settled, skipped or stopped.
 */
export type TaskState =
  'idle' | 'queued' | 'starting' | 'running' | 'held' | 'committing' | 'retrying' | 'parked' | 'over';

/** How one call of a node's function ended. */
export type Outcome =
  | { readonly type: 'done'; readonly outputs: Outputs; readonly finish?: 'stopped' }
  | { readonly type: 'failed'; readonly error: HeddleError }
  | { readonly type: 'parked' };

/** What a parked execution waits for. */
export interface Waits {
  readonly asks: AskEntry[];
  sleepUntil: number | undefined;
  isNested: boolean;
}

export type NodeUsage = NonNullable<RunEventOf<'node-end'>['usage']>;

/** One execution of a node, over all its attempts. Everything that only some nodes need is made when they ask for it (C1). */
export class Task implements Committed {
  state: TaskState = 'queued';
  attempt = 0;
  failures = 0;
  /** When the next attempt is due, as far as anybody can say now. */
  retryAt = 0;
  /** Told apart from calls that were given up: each call of the function has its own number. */
  call = 0;
  /** The function has not come back yet. */
  isLive = false;
  /** It must start again as soon as the function is gone (S4). */
  startsWhenGone = false;
  label: Label;
  startedAt = 0;
  /** The same by the steady clock, for the wall deadline. */
  begunAt = 0;
  aliveAt = 0;
  /** Milliseconds without a slot or waiting elsewhere, in this attempt (P4). */
  pausedMs = 0;
  pausedAt: number | undefined;
  pauses = 0;
  outcome: Outcome | undefined;
  /** Decides the outcome whatever the function says: a timeout, a refusal. */
  verdict: HeddleError | undefined;
  /** Every consumer ended early (S5). */
  isStopped = false;
  abortError: HeddleError | undefined;
  history: History | undefined;
  texts: Map<string, string> | undefined;
  usage: NodeUsage | undefined;
  /** Declassifications of this call by output (B2). */
  lowerings: Map<string, Lowering> | undefined;
  waits: Waits | undefined;
  nested: Map<string, PendingNested> | undefined;
  /** How the function ended, while nested runs of it are being stopped. */
  afterNested: Outcome | undefined;
  /** Keys used in this call (P1). */
  keys: Set<string> | undefined;
  sleepCalls = 0;
  hasSlots = false;
  /** Where it waits for a slot: here, or elsewhere such as in a model host. */
  place: { readonly limit: string; readonly position: number } | undefined;
  giveUpPlace: (() => void) | undefined;
  timers: Deadline[] | undefined;
  /** Effects that wait for the producers of its streams (S3). */
  gate: (() => void)[] | undefined;
  /** The call's own context. */
  context: { checkDestinations(): void } | undefined;
  /** Waits for a slot elsewhere: its clocks stand still (P4). */
  isWaiting = false;
  /** Failed nested runs must run again: the journal says what of them ended well. */
  isNestedStale = false;
  private controller: AbortController | undefined;

  constructor(
    readonly frame: Frame,
    readonly node: PlanNode,
    readonly path: string,
    label: Label,
  ) {
    this.label = label;
  }

  /** Made on first access (C1). */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.abortError !== undefined) this.controller.abort(this.abortError);
    }
    return this.controller.signal;
  }

  get remembers(): History {
    this.history ??= emptyHistory();
    return this.history;
  }

  get waitsFor(): Waits {
    this.waits ??= { asks: [], sleepUntil: undefined, isNested: false };
    return this.waits;
  }

  raise(label: Label): void {
    this.label = joinLabels(this.label, label);
  }

  /** What an output carries now: the execution's label, or what a recorded declassification made of it (B2). */
  labelOf(port: string): Label {
    const lowering = this.lowerings?.get(port);
    const label = lowering === undefined ? this.label : lowerLabel(this.label, lowering);
    return this.node.label === undefined ? label : joinLabels(label, this.node.label);
  }

  /** A delta was read: its label counts from now on, and every destination in use is checked again (B3). */
  read(label: Label): void {
    const before = this.label;
    this.raise(label);
    if (this.label === before) return;
    try {
      this.context?.checkDestinations();
    } catch (error) {
      this.verdict = toHeddleError(error);
      this.abort(this.verdict);
      throw error;
    }
  }

  /** Tells the function to stop. */
  abort(error: HeddleError): void {
    if (this.abortError !== undefined) return;
    this.abortError = error;
    this.controller?.abort(error);
    this.openGate();
  }

  openGate(): void {
    const waiting = this.gate;
    this.gate = undefined;
    if (waiting !== undefined) for (const open of waiting) open();
  }

  /** Its result is in the journal: its edges settle (E3). */
  onCommitted(): void {
    this.frame.onSettled(this);
  }

  /** Forgets what belonged to the last call. */
  begin(now: number): void {
    this.attempt += 1;
    this.call += 1;
    this.startedAt = now;
    this.aliveAt = now;
    if (this.call === 1) return;
    this.pausedMs = 0;
    this.pausedAt = undefined;
    this.pauses = 0;
    this.outcome = undefined;
    this.verdict = undefined;
    this.isStopped = false;
    this.abortError = undefined;
    this.controller = undefined;
    this.texts = undefined;
    this.usage = undefined;
    this.lowerings = undefined;
    this.waits = undefined;
    this.nested = undefined;
    this.afterNested = undefined;
    this.keys = undefined;
    this.isWaiting = false;
    this.sleepCalls = 0;
    this.gate = undefined;
  }

  cancelTimers(): void {
    if (this.timers === undefined) return;
    for (const timer of this.timers) timer.cancel();
    this.timers = undefined;
  }

  /** Errors: `duplicate_key` when the call used the key already (P1). */
  useKey(key: string): void {
    this.keys ??= new Set();
    if (this.keys.has(key))
      throw new HeddleError(
        'duplicate_key',
        `'${this.path}' used the key '${key}' twice: give each step, ask and nested run of an execution its own key.`,
      );
    this.keys.add(key);
  }
}

/** Most characters of a failure's message that are kept. */
const longestMessage = 20_000;

/** The failure of a call, with the code that fits whatever was thrown. What it says is bounded as every value is. */
export function failed(error: unknown): Outcome {
  const known = toHeddleError(error, 'node_failed');
  const { code, message, retryable, details } = known;
  if (message.length <= longestMessage && isBounded(details)) return { type: 'failed', error: known };
  const kept = isBounded(details) && details !== undefined ? { details } : {};
  const short = new HeddleError(code, message.slice(0, longestMessage), { cause: known, retryable, ...kept });
  return { type: 'failed', error: short };
}

function isBounded(details: HeddleError['details']): boolean {
  try {
    checkValue(details, 'The details');
    return true;
  } catch {
    return false; // they are left out: the message says what happened
  }
}
