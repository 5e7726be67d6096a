import type { DecisionKind, RunRecord } from '../events/events.js';
import type { Label, LabelLevel } from '../labels/label.js';
import type { ResourceArguments, ResourceKind, ResourceMap } from '../ports/resources.js';
import type { SecretHandle } from '../ports/secret-handle.js';
import type { JsonObject } from '../values/json.js';
import type { Steps } from '../values/steps.js';
import type { Usage } from '../values/values.js';

/** Where an execution stands in its innermost loop (rule L4). */
export interface Iteration {
  readonly index: number;
  readonly max: number;
  readonly last: boolean;
}

/** Writes lines that belong to this execution; they appear in its log tab. */
export interface NodeLog {
  info(message: string, details?: JsonObject): void;
  warn(message: string, details?: JsonObject): void;
}

/** What a journaled step is given. */
export interface StepContext {
  /** The same for every attempt of this step: send it with effects that must not happen twice. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** A question to a person. */
export interface Question {
  readonly title: string;
  /** Markdown: what is asked and what will happen. */
  readonly body?: string;
  /** JSON schema of the answer; the form is made from it. */
  readonly schema: JsonObject;
  /** Who should answer. */
  readonly assignee?: string;
  /** Epoch milliseconds after which the ask ends unanswered. */
  readonly dueAt?: number;
  /** Epoch milliseconds at which the assignee is reminded. */
  readonly remindAt?: number;
  /** Who may answer as well once the assignee was reminded in vain. */
  readonly escalateTo?: string;
  /** Epoch milliseconds from which they may; left out, from the reminder on. */
  readonly escalateAt?: number;
  /** Choices that stand as buttons beside the form; the answer names one under `choice`. */
  readonly buttons?: readonly { readonly id: string; readonly title: string }[];
  /** Anything the card must show beside the form. */
  readonly details?: JsonObject;
}

/** What came back from `ask`. */
export type Answer =
  | { readonly type: 'answered'; readonly value: unknown; readonly by?: string; readonly reason?: string }
  | { readonly type: 'expired' };

/** What a nested run gave. */
export interface NestedResult {
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly label: Label;
}

/** A declassification of one output. */
export interface Lowering {
  readonly port: string;
  /** The level it has from now on, where what it was made from is higher. */
  readonly to: LabelLevel;
  /** The highest level that may be lowered so: anything above keeps its label. */
  readonly from: LabelLevel;
  /** Marks that are taken off. */
  readonly dropMarks?: readonly string[];
  /** One sentence for the record: what makes it safe. */
  readonly reason: string;
  /** Who decided, for approvals. */
  readonly by?: string;
  readonly details?: JsonObject;
}

/** A choice of a node. */
export interface Decision {
  readonly kind: DecisionKind;
  /** One sentence that a person understands. */
  readonly summary: string;
  /** All inputs of the decision, so that it can be checked and replayed. */
  readonly details?: JsonObject;
}

/** One call of a tool that a node made, or was refused, for the record. */
export type ToolCallRecord = Omit<
  Extract<RunRecord, { type: 'tool-call' }>,
  'type' | 'time' | 'path' | 'attempt' | 'label'
>;

/** Everything a running node may reach. Small on purpose: every effect goes through it. */
export interface NodeContext {
  readonly runId: string;
  /** Path of this execution, such as `rewrite@0.2` (P1). */
  readonly path: string;
  readonly attempt: number;
  /** Aborted on cancel, timeout and when nobody needs the result any more. */
  readonly signal: AbortSignal;
  readonly log: NodeLog;
  readonly iteration: Iteration | undefined;
  /** Epoch milliseconds, from the host's clock. */
  now(): number;
  /** Join of the labels of the inputs used and of what was raised so far. */
  readonly label: Label;
  /** Raises the label of everything this execution gives out from now on (B2). */
  raise(label: Label): void;
  /**
   * Gives an output a lower label than what it was made from: a recorded declassification, the one exception to E9 (B2). Only for
   * nodes that declare `lowers`. Deltas and the value of the port carry it from now on. Errors: `lowering_undeclared`.
   */
  lower(lowering: Lowering): void;
  /** Records a choice with what it was made from; shown on the card and kept with the run. */
  decide(decision: Decision): void;
  /** Records a call of a tool with the label of the moment; nothing is called by it. */
  noteToolCall(call: ToolCallRecord): void;
  /**
   * A handle of a named secret, for `signIn` of a request. No node sees the value. Errors: `secret_not_found`, in the same words for a
   * secret that the run may not use.
   */
  secret(name: string): Promise<SecretHandle>;
  /** A resource of the host. Errors: `resource_unavailable`, and the resource's own. */
  use<Kind extends ResourceKind>(kind: Kind, ...args: ResourceArguments<Kind>): Promise<ResourceMap[Kind]>;
  /** Runs an effect once: its result is journaled under `key` and returned at once when the node runs again (P2). */
  step<T>(key: string, effect: (step: StepContext) => Promise<T>): Promise<T>;
  /**
   * Does long work of the processor in pieces, so that it never holds up other runs for longer than a piece takes.
   *
   * @example const value = await context.work(parseValueSteps(text, 'The reply'));
   */
  work<Result>(steps: Steps<Result>): Promise<Result>;
  /** Parks until a time (epoch milliseconds). */
  sleep(until: number): Promise<void>;
  /** Parks until a person answers. */
  ask(key: string, question: Question): Promise<Answer>;
  /** Runs a workflow that the plan contains as a nested run under `key` (P1, design §4.5). */
  run(key: string, workflow: string, inputs: Readonly<Record<string, unknown>>): Promise<NestedResult>;
  /** Tells people how far the node is: a share from 0 to 1 and what it is doing. Counts as a sign of life. */
  progress(progress: { readonly share?: number; readonly message?: string; readonly details?: JsonObject }): void;
  /** Reports that the execution waits for a slot (of a model host, say) or that it goes on. Clocks stop while it waits (P4). */
  waiting(slot: { readonly limit: string; readonly position: number } | undefined): void;
  /** Adds to what this execution used; shown on the card and kept with its result. */
  report(usage: Usage & { readonly model?: string }): void;
}
