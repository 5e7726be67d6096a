import {
  HeddleError,
  Suspended,
  type Answer,
  type CallScope,
  type Decision,
  type Destination,
  type Iteration,
  type JsonObject,
  type Label,
  type Declassification,
  type NestedResult,
  type NodeContext,
  type NodeLog,
  type Question,
  type ResourceArguments,
  type ResourceKind,
  type ResourceMap,
  type Resources,
  type ScopeRecord,
  type SecretHandle,
  type StepContext,
  type Steps,
  type ToolCallRecord,
} from '@heddle/core';
import { checkClearance, guardDestination } from '../labels/guard-destination.js';
import { declassifyOutput } from '../labels/declassify-output.js';
import type { NestedRequest } from '../nested/open-nested.js';
import { guardEffects } from '../replay/guard-effects.js';
import { askRecorded } from '../replay/ask-recorded.js';
import { elementAt } from '../paths.js';
import type { NodeUsage, QueuePosition, Task } from '../run/run-tree.js';
import { addUsage } from './add-usage.js';
import { writeDecision, writeLabelDecision, writeLog, writeProgress, writeScopeRecord } from './call-records.js';
import { scopeOf } from './call-scope.js';
import { inSlices } from './check-outputs.js';
import { untilEffectsAllowed, runStep, type StepRunning } from './run-step.js';
import { untilAborted } from './until-aborted.js';

/** Resources that a stream consumer may use before its producer's result is committed: their effects are visible to nobody. */
const modelKinds: ReadonlySet<ResourceKind> = new Set([
  'languageModel',
  'embedder',
  'reranker',
  'classifier',
  'tokenizer',
]);

/** What a call may wait for, and how the run handles it. */
export interface CallWaiting {
  /** Returns the answer to a question. Throws `Suspended` while there is none. */
  requestInput(task: Task, key: string, question: Question): Answer;
  runNested(task: Task, request: NestedRequest): Promise<NestedResult>;
  /** Notes that the call waits for a slot outside the engine; undefined when it has the slot. */
  setWaiting(task: Task, slot: QueuePosition | undefined): void;
  later(callback: () => void): void;
}

/** The context that one call of a node's function gets. Once the call is given up, it can no longer do anything through it. */
export class RunContext implements NodeContext {
  readonly attempt: number;
  readonly task: Task;
  private readonly call: number;
  private readonly around: StepRunning;
  private readonly waits: CallWaiting;
  private destinations: Map<string, Destination> | undefined;
  private own: Resources | undefined;

  constructor(around: StepRunning, waits: CallWaiting, task: Task) {
    this.around = around;
    this.waits = waits;
    this.task = task;
    this.call = task.call;
    this.attempt = task.attempt;
  }

  get runId(): string {
    return this.around.acceptance.runId;
  }

  get path(): string {
    return this.task.path;
  }

  get signal(): AbortSignal {
    return this.isCurrent ? this.task.signal : AbortSignal.abort(this.givenUp());
  }

  get label(): Label {
    return this.task.label;
  }

  get iteration(): Iteration | undefined {
    const { node, frame } = this.task;
    if (node.region < 0) return undefined;
    const { max } = elementAt(frame.plan.regions, node.region);
    const index = frame.scheduler.iterations[node.region] ?? 0;
    return { index, max, last: index + 1 >= max };
  }

  get log(): NodeLog {
    const write = (level: 'info' | 'warn', message: string, details: JsonObject | undefined): void => {
      if (this.isCurrent) writeLog(this.around, this.task, { level, message, details });
    };
    return {
      info: (message, details) => write('info', message, details),
      warn: (message, details) => write('warn', message, details),
    };
  }

  now(): number {
    return this.around.clock.now();
  }

  raise(label: Label): void {
    this.task.raise(label);
  }

  declassify(declassification: Declassification): void {
    this.check();
    declassifyOutput(this.around, this.task, declassification);
  }

  decide(decision: Decision): void {
    if (this.isCurrent) writeDecision(this.around, this.task, decision);
  }

  noteToolCall(call: ToolCallRecord): void {
    this.writeScope({ type: 'tool-call', label: this.label, ...call });
  }

  async secret(name: string): Promise<SecretHandle> {
    this.check();
    return this.around.host.secret(name, this.scope);
  }

  async use<Kind extends ResourceKind>(kind: Kind, ...args: ResourceArguments<Kind>): Promise<ResourceMap[Kind]> {
    this.check();
    if (!modelKinds.has(kind)) await untilEffectsAllowed(this.around, this);
    const resource = await untilAborted(this.resources.use(kind, ...args), this.signal, () => this.givenUp());
    return guardEffects(kind, guardDestination(kind, resource, this), this.around, this.task);
  }

  step<T>(key: string, effect: (step: StepContext) => Promise<T>): Promise<T> {
    return runStep(this.around, this, key, effect);
  }

  async work<Result>(steps: Steps<Result>): Promise<Result> {
    const result = await inSlices(this.waits, steps);
    this.check();
    return result;
  }

  async sleep(until: number): Promise<void> {
    this.check();
    // A replay does not wait.
    if (this.around.memory.replay !== undefined) return;
    await untilEffectsAllowed(this.around, this);
    const time = this.task.remembers.sleeps[this.task.countSleep()] ?? until;
    if (this.around.clock.moments.hasCome(time)) return;
    const waits = this.task.waitsFor;
    waits.sleepUntil = waits.sleepUntil === undefined ? time : Math.min(waits.sleepUntil, time);
    throw new Suspended();
  }

  async requestInput(key: string, question: Question): Promise<Answer> {
    this.check();
    this.task.useKey(key);
    await untilEffectsAllowed(this.around, this);
    if (this.around.memory.replay !== undefined) return askRecorded(this.around, this.task, question);
    return this.waits.requestInput(this.task, key, question);
  }

  async run(key: string, workflow: string, inputs: Readonly<Record<string, unknown>>): Promise<NestedResult> {
    this.check();
    this.task.useKey(key);
    await untilEffectsAllowed(this.around, this);
    return this.waits.runNested(this.task, { key, workflow, inputs });
  }

  progress(progress: { readonly share?: number; readonly message?: string; readonly details?: JsonObject }): void {
    if (this.isCurrent) writeProgress(this.around, this.task, progress);
  }

  waiting(slot: QueuePosition | undefined): void {
    if (this.isCurrent) this.waits.setWaiting(this.task, slot);
  }

  report(usage: NodeUsage): void {
    if (this.isCurrent) this.task.setUsage(addUsage(this.task.usage, usage));
  }

  /** Checks again all destinations that the call has sent data to; done for every delta. */
  checkDestinations(): void {
    for (const destination of this.destinations?.values() ?? []) checkClearance(destination, this);
  }

  /** Remembers where data went. A destination outside this machine is recorded once per call. */
  noteDestination(destination: Destination): void {
    this.destinations ??= new Map();
    if (this.destinations.has(destination.name)) return;
    this.destinations.set(destination.name, destination);
    if (!destination.isLocal)
      this.recordDecision(
        'allowed',
        destination,
        `The data is ${this.label.level}, the destination takes up to ${destination.clearance}.`,
      );
  }

  recordDecision(decision: 'allowed' | 'refused', destination: Destination, reason: string): void {
    writeLabelDecision(this.around, this.task, destination, { attempt: this.attempt, decision, reason });
  }

  /** Records what the host reports about this call. */
  writeScope(record: ScopeRecord): void {
    if (this.isCurrent) writeScopeRecord(this.around, this.task, record);
  }

  check(): void {
    if (!this.isCurrent) throw this.givenUp();
    if (this.task.abortError !== undefined) throw this.task.abortError;
  }

  givenUp(): HeddleError {
    return (
      this.task.abortError ?? new HeddleError('aborted', `'${this.path}' was given up: its results no longer count.`)
    );
  }

  /** The host's resources for this execution, created at first use. */
  private get resources(): Resources {
    const { resources } = this.around.host;
    this.own ??= resources.scoped === undefined ? resources : resources.scoped(this.scope);
    return this.own;
  }

  private get scope(): CallScope {
    return scopeOf(this, this.task, this.around.acceptance);
  }

  private get isCurrent(): boolean {
    return this.task.call === this.call && this.task.hasCall;
  }
}
