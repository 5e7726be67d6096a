import {
  HeddleError,
  Parked,
  checkValue,
  checkValueSteps,
  isSmallValue,
  type Answer,
  type CallScope,
  type Decision,
  type Destination,
  type Iteration,
  type JsonObject,
  type Label,
  type Lowering,
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
import { addUsage } from './add-usage.js';
import { inTurns } from './check-outputs.js';
import { openAsk } from './parking/asks.js';
import { scopeOf } from './call-scope.js';
import { checkCeiling, guardDestination } from './labels/guard-destination.js';
import { idempotencyKey } from './identity.js';
import { lowerOutput } from './labels/lower-output.js';
import { runNested } from './nested.js';
import { elementAt } from './paths.js';
import type { Runner } from './runner.js';
import type { NodeUsage, Task } from './task.js';
import { untilAborted } from './until-aborted.js';

/** Kinds that a stream consumer may use before its producer's result is committed (S3). */
const modelKinds: ReadonlySet<ResourceKind> = new Set([
  'languageModel',
  'embedder',
  'reranker',
  'classifier',
  'tokenizer',
]);

/** What one call of a node may reach. Calls that were given up get nothing any more. */
export class RunContext implements NodeContext {
  private readonly call: number;
  readonly attempt: number;
  private destinations: Map<string, Destination> | undefined;
  private own: Resources | undefined;

  constructor(
    private readonly runner: Runner,
    private readonly task: Task,
  ) {
    this.call = task.call;
    this.attempt = task.attempt;
  }

  get runId(): string {
    return this.runner.runId;
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
    return {
      info: (message, details) => this.write('info', message, details),
      warn: (message, details) => this.write('warn', message, details),
    };
  }

  now(): number {
    return this.runner.now();
  }

  raise(label: Label): void {
    this.task.raise(label);
  }

  lower(lowering: Lowering): void {
    this.check();
    lowerOutput(this.runner, this.task, lowering);
  }

  decide(decision: Decision): void {
    if (!this.isCurrent) return;
    checkValue(decision.details, `What '${this.path}' decides`);
    this.alive();
    this.runner.record({
      type: 'node-decision',
      time: this.now(),
      path: this.path,
      attempt: this.attempt,
      ...decision,
    });
  }

  noteToolCall(call: ToolCallRecord): void {
    this.writeScope({ type: 'tool-call', label: this.label, ...call });
  }

  async secret(name: string): Promise<SecretHandle> {
    this.check();
    return this.runner.host.secret(name, this.scope);
  }

  async use<Kind extends ResourceKind>(kind: Kind, ...args: ResourceArguments<Kind>): Promise<ResourceMap[Kind]> {
    this.check();
    if (!modelKinds.has(kind)) await this.mayReachOut();
    const resource = await untilAborted(this.resources.use(kind, ...args), this.signal, () => this.givenUp());
    return guardDestination(kind, resource, this);
  }

  async step<T>(key: string, effect: (step: StepContext) => Promise<T>): Promise<T> {
    this.check();
    this.task.useKey(key);
    const known = this.task.history?.steps.get(key);
    if (known !== undefined) {
      this.task.raise(known.label);
      // The journal gives back what this same step recorded.
      return known.value as T;
    }
    await this.mayReachOut();
    await this.untilFlushed();
    const value = await effect({
      idempotencyKey: idempotencyKey(this.runner.rootId, this.path, key),
      signal: this.signal,
    });
    this.check();
    if (!isSmallValue(value)) await this.work(checkValueSteps(value, `What '${this.path}' does in the step '${key}'`));
    const result = { value, label: this.task.label };
    await this.runner.commit({
      type: 'node-step',
      time: this.now(),
      path: this.path,
      attempt: this.attempt,
      key,
      value: result,
    });
    this.task.remembers.steps.set(key, result);
    this.alive();
    return value;
  }

  async work<Result>(steps: Steps<Result>): Promise<Result> {
    const result = await inTurns(this.runner, steps);
    this.check();
    return result;
  }

  async sleep(until: number): Promise<void> {
    this.check();
    await this.mayReachOut();
    const { sleeps } = this.task.remembers;
    const time = sleeps[this.task.sleepCalls] ?? until;
    this.task.sleepCalls += 1;
    if (this.runner.moments.hasCome(time)) return;
    const waits = this.task.waitsFor;
    waits.sleepUntil = waits.sleepUntil === undefined ? time : Math.min(waits.sleepUntil, time);
    throw new Parked();
  }

  async ask(key: string, question: Question): Promise<Answer> {
    this.check();
    this.task.useKey(key);
    await this.mayReachOut();
    return openAsk(this.runner, this.task, key, question);
  }

  async run(key: string, workflow: string, inputs: Readonly<Record<string, unknown>>): Promise<NestedResult> {
    this.check();
    this.task.useKey(key);
    await this.mayReachOut();
    return runNested(this.runner, this.task, key, workflow, inputs);
  }

  progress(progress: { readonly share?: number; readonly message?: string; readonly details?: JsonObject }): void {
    if (!this.isCurrent) return;
    checkValue(progress.details, `The progress of '${this.path}'`);
    this.alive();
    this.runner.outbox.live({
      type: 'node-progress',
      runId: this.runId,
      time: this.now(),
      path: this.path,
      attempt: this.attempt,
      ...progress,
    });
  }

  waiting(slot: { readonly limit: string; readonly position: number } | undefined): void {
    if (!this.isCurrent) return;
    this.runner.setWaiting(this.task, slot);
  }

  report(usage: NodeUsage): void {
    if (this.isCurrent) this.task.usage = addUsage(this.task.usage, usage);
  }

  /** Checks a destination that data streams to, for every delta (B3). */
  checkDestinations(): void {
    for (const destination of this.destinations?.values() ?? []) checkCeiling(destination, this);
  }

  /** Remembers where data went; a place outside this machine is recorded once a call. */
  noteDestination(destination: Destination): void {
    this.destinations ??= new Map();
    if (this.destinations.has(destination.name)) return;
    this.destinations.set(destination.name, destination);
    if (!destination.isLocal)
      this.recordDecision(
        'allowed',
        destination,
        `The data is ${this.label.level}, the destination takes up to ${destination.ceiling}.`,
      );
  }

  recordDecision(decision: 'allowed' | 'refused', destination: Destination, reason: string): void {
    this.runner.record({
      type: 'label-decision',
      time: this.now(),
      path: this.path,
      attempt: this.attempt,
      decision,
      destination: destination.name,
      label: this.label,
      ceiling: destination.ceiling,
      reason,
    });
  }

  /** The host's resources for this execution, made when it first uses one (C1). */
  private get resources(): Resources {
    const { resources } = this.runner.host;
    this.own ??= resources.scoped === undefined ? resources : resources.scoped(this.scope);
    return this.own;
  }

  private get scope(): CallScope {
    return scopeOf(this, this.task, this.runner.acceptance);
  }

  /** Writes what the host has to say about this call. */
  writeScope(record: ScopeRecord): void {
    if (!this.isCurrent) return;
    this.runner.record({ ...record, time: this.now(), path: this.path, attempt: this.attempt });
  }

  private get isCurrent(): boolean {
    return this.task.call === this.call && this.task.isLive;
  }

  private check(): void {
    if (!this.isCurrent) throw this.givenUp();
    if (this.task.abortError !== undefined) throw this.task.abortError;
  }

  private givenUp(): HeddleError {
    return (
      this.task.abortError ?? new HeddleError('aborted', `'${this.path}' was given up: nothing of it counts any more.`)
    );
  }

  /** Effects other than `model` wait until the disk has the run's acceptance (D1) and the producers of the streams have committed (S3). */
  private async mayReachOut(): Promise<void> {
    const { stored } = this.runner;
    if (stored !== undefined) await untilAborted(stored, this.signal, () => this.givenUp());
    if (!this.task.node.hasStreamInput) return;
    while (this.runner.hasOpenProducer(this.task)) {
      await new Promise<void>((resolve) => {
        this.task.gate ??= [];
        this.task.gate.push(resolve);
      });
      this.check();
    }
  }

  /**
   * What a step is made from is on the disk before it goes out (D1). Otherwise a power loss could take a result that was computed once,
   * and another one would go out under the same key.
   */
  private async untilFlushed(): Promise<void> {
    const flushed = this.runner.host.journal.flushed?.();
    if (flushed === undefined) return;
    await untilAborted(flushed, this.signal, () => this.givenUp());
    this.check();
  }

  private alive(): void {
    this.task.aliveAt = this.now();
  }

  private write(level: 'info' | 'warn', message: string, details: JsonObject | undefined): void {
    if (!this.isCurrent) return;
    checkValue(details, `What '${this.path}' logs`);
    this.alive();
    this.runner.record({
      type: 'node-log',
      time: this.now(),
      path: this.path,
      attempt: this.attempt,
      level,
      message,
      ...(details === undefined ? {} : { details }),
    });
  }
}
