import type { DecisionKind, RunRecord } from '../events/events.js';
import type { Label, LabelLevel } from '../labels/label.js';
import type { ResourceArguments, ResourceKind, ResourceMap } from '../ports/resources.js';
import type { SecretHandle } from '../ports/secrets/secret-handle.js';
import type { JsonObject } from '../values/json/json.js';
import type { Steps } from '../values/steps.js';
import type { Usage } from '../values/values.js';
import type { Answer, Question } from './question.js';

/** The position of an execution in its innermost loop (rule "Loop limit"). */
export interface Iteration {
  readonly index: number;
  readonly max: number;
  readonly last: boolean;
}

/** Writes log lines of this execution, which appear in its log tab. */
export interface NodeLog {
  info(message: string, details?: JsonObject): void;
  warn(message: string, details?: JsonObject): void;
}

/** The argument of a step's function. */
export interface StepContext {
  /** The same for every attempt of this step: send it with effects that must happen only once. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** The result of a nested run. */
export interface NestedResult {
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly label: Label;
}

/** A declassification of one output. */
export interface Declassification {
  readonly port: string;
  /** The new level, if the label is higher. */
  readonly to: LabelLevel;
  /** The highest level that may be declassified; a higher label does not change. */
  readonly from: LabelLevel;
  /** Marks to remove. */
  readonly dropMarks?: readonly string[];
  /** One sentence for the record: why this is safe. */
  readonly reason: string;
  /** The person who decided; only for approvals. */
  readonly by?: string;
  readonly details?: JsonObject;
}

/** A decision of a node. */
export interface Decision {
  readonly kind: DecisionKind;
  /** One sentence for people. */
  readonly summary: string;
  /** All inputs of the decision, so that it can be checked and repeated. */
  readonly details?: JsonObject;
}

/** The record of a node's tool call, including a refused one. */
export type ToolCallRecord = Omit<
  Extract<RunRecord, { type: 'tool-call' }>,
  'type' | 'time' | 'path' | 'attempt' | 'label'
>;

/** Everything that a running node can access. It is small on purpose: every effect goes through it. */
export interface NodeContext {
  readonly runId: string;
  /** Path of this execution, such as `rewrite@0.2` (rule "Execution paths"). */
  readonly path: string;
  readonly attempt: number;
  /** Aborted on cancel, on timeout, and when the result is no longer needed. */
  readonly signal: AbortSignal;
  readonly log: NodeLog;
  readonly iteration: Iteration | undefined;
  /** Milliseconds since the epoch, from the host's clock. */
  now(): number;
  /** Join of the labels of the used inputs and the raised labels. */
  readonly label: Label;
  /** Raises the label of all outputs that follow in this execution (rule "Output labels"). */
  raise(label: Label): void;
  /**
   * Declassifies an output: the recorded exception to the rule "Output labels". Only for nodes with `declassifies`. Later deltas and the
   * final value of the port carry the lower label. Errors: `declassification_undeclared`.
   */
  declassify(declassification: Declassification): void;
  /** Records a decision and its inputs. It appears on the card and is stored with the run. */
  decide(decision: Decision): void;
  /** Records a tool call with the current label, without making the call. */
  noteToolCall(call: ToolCallRecord): void;
  /**
   * Returns a handle of a named secret, for `signIn` of a request. A node never gets the value. Errors: `secret_not_found`, also for a
   * secret that the run may not use.
   */
  secret(name: string): Promise<SecretHandle>;
  /** Returns a resource of the host. Errors: `resource_unavailable`, and those of the resource. */
  use<Kind extends ResourceKind>(kind: Kind, ...args: ResourceArguments<Kind>): Promise<ResourceMap[Kind]>;
  /** Runs an effect once: its result is stored in the journal under `key` and returned at once when the node runs again (rule "Re-entry"). */
  step<T>(key: string, effect: (step: StepContext) => Promise<T>): Promise<T>;
  /**
   * Runs long CPU work in steps, so that it never blocks other runs for longer than a step.
   *
   * @example const value = await context.work(parseValueSteps(text, 'The reply'));
   */
  work<Result>(steps: Steps<Result>): Promise<Result>;
  /** Suspends until a time (milliseconds since the epoch). */
  sleep(until: number): Promise<void>;
  /** Suspends until a person answers. */
  requestInput(key: string, question: Question): Promise<Answer>;
  /** Runs a workflow of the plan as a nested run under `key` (rule "Execution paths"). */
  run(key: string, workflow: string, inputs: Readonly<Record<string, unknown>>): Promise<NestedResult>;
  /** Reports the progress: a share from 0 to 1 and a message. It counts as a heartbeat. */
  progress(progress: { readonly share?: number; readonly message?: string; readonly details?: JsonObject }): void;
  /** Reports that the execution waits for a slot, for example of a model host, or continues. The timeouts pause while it waits (rule "No slot while idle"). */
  waiting(slot: { readonly limit: string; readonly position: number } | undefined): void;
  /** Adds to the usage of this execution, which appears on the card and is stored with its result. */
  report(usage: Usage & { readonly model?: string }): void;
}
