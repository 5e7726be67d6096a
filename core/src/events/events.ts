import { z } from 'zod';
import { ErrorValue } from '../errors/heddle-error.js';
import { Label } from '../labels/label.js';
import { Usage } from '../values/values.js';
import { HumanInputQuestion } from './human-input-question.js';
import { base, execution, ModelCallEvent, ToolCallEvent } from './call-events.js';

/** Status of a run. The last three are terminal and never change. */
export const RunStatus = z
  .enum(['queued', 'running', 'suspended', 'paused', 'done', 'failed', 'cancelled'])
  .meta({ id: 'RunStatus' });
export type RunStatus = z.infer<typeof RunStatus>;

/** Whether a run has ended. */
export function isTerminal(status: RunStatus): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled';
}

/** Status of a node. */
export const NodeStatus = z
  .enum([
    'idle',
    'queued',
    'running',
    'streaming',
    'retrying',
    'suspended',
    'done',
    'failed',
    'skipped',
    'cancelled',
    'cached',
  ])
  .meta({ id: 'NodeStatus' });
export type NodeStatus = z.infer<typeof NodeStatus>;

/** A value with its label. A large value is a reference with a preview: above 4 KiB in live events, above 64 KiB in the journal (rule "Large values by ref"). */
export const LabelledValue = z
  .object({
    value: z.unknown().optional(),
    label: Label,
    /** Blob id of a large value. */
    ref: z.string().optional(),
    /** Size in bytes as JSON. */
    size: z.int().nonnegative().optional(),
    preview: z.string().optional(),
  })
  .meta({ id: 'LabelledValue' });
export type LabelledValue = z.infer<typeof LabelledValue>;

const Outputs = z.record(z.string(), LabelledValue);

/** What paused a run; missing if the host paused it for another reason. */
export const PauseCause = z
  .object({
    kind: z.literal('kill-switch'),
    /** The target of the kill switch, such as `workflow:ID`. */
    target: z.string(),
  })
  .meta({ id: 'PauseCause' });
export type PauseCause = z.infer<typeof PauseCause>;

/** The kind of a recorded decision. */
export const DecisionKind = z.enum([
  'route',
  'fallback',
  'classify',
  'moderate',
  'guard',
  'redact',
  'ground',
  'critique',
  'vote',
  'cache',
  'budget',
  'tool',
  'memory',
  'approval',
  'replay',
  'reuse',
  'batch',
]);
export type DecisionKind = z.infer<typeof DecisionKind>;

/** A durable event: the journal stores it. */
export const RunEvent = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('run-queue'), ...base, position: z.int().nonnegative() }),
    z.object({ type: z.literal('run-start'), ...base }),
    z.object({ type: z.literal('run-suspend'), ...base, until: z.number().optional(), requests: z.array(z.string()) }),
    z.object({
      type: z.literal('run-resume'),
      ...base,
      reason: z.enum(['recovered', 'answered', 'timer', 'released']),
    }),
    z.object({ type: z.literal('run-pause'), ...base, cause: PauseCause.optional(), reason: z.string() }),
    z.object({
      type: z.literal('cancel-request'),
      ...base,
      by: z.string().optional(),
      reason: z.string().optional(),
      /** The fault for which Heddle ended the run; missing if a person or a caller ended it. */
      code: z.string().optional(),
    }),
    z.object({
      type: z.literal('run-end'),
      ...base,
      status: z.enum(['done', 'failed', 'cancelled']),
      outputs: Outputs.optional(),
      error: ErrorValue.optional(),
      /** The label of the error. Its message may contain anything that the failed execution read (rule "Output labels"). */
      label: Label.optional(),
    }),

    z.object({ type: z.literal('node-start'), ...execution }),
    z.object({
      type: z.literal('node-end'),
      ...execution,
      /** The ports with a value. */
      outputs: Outputs,
      /** Start of the attempt, in milliseconds since the epoch. */
      started: z.number(),
      usage: Usage.extend({ model: z.string().optional() }).optional(),
      /** How a stream ended if its producer did not end it (rule "Stopped producer"). */
      finish: z.enum(['complete', 'stopped']).optional(),
    }),
    z.object({ type: z.literal('node-cached'), ...execution, outputs: Outputs, origin: z.string() }),
    z.object({
      type: z.literal('node-skip'),
      ...execution,
      reason: z.enum(['required-dropped', 'all-dropped', 'producer-failed', 'not-selected', 'disabled']),
    }),
    z.object({ type: z.literal('node-retry'), ...execution, error: ErrorValue, dueAt: z.number() }),
    z.object({
      type: z.literal('node-error'),
      ...execution,
      error: ErrorValue,
      started: z.number(),
      label: Label.optional(),
      isCarried: z.boolean(),
    }),
    z.object({
      type: z.literal('node-suspend'),
      ...execution,
      reason: z.enum(['human-input', 'sleep', 'nested', 'at-most-once', 'breakpoint']),
      until: z.number().optional(),
      requestId: z.string().optional(),
    }),
    z.object({
      type: z.literal('node-step'),
      ...execution,
      key: z.string(),
      value: LabelledValue,
      /** The effects of the step, each as `resource.method sha256:<hex>` of its request. Older runs and steps without effects do not have it. */
      effects: z.array(z.string()).optional(),
    }),
    z.object({
      type: z.literal('node-log'),
      ...execution,
      level: z.enum(['info', 'warn']),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
    z.object({ type: z.literal('nested-start'), ...execution, key: z.string(), workflow: z.string(), inputs: Outputs }),
    z.object({
      type: z.literal('nested-end'),
      ...execution,
      key: z.string(),
      outputs: Outputs.optional(),
      error: ErrorValue.optional(),
      label: Label.optional(),
    }),
    z.object({
      type: z.literal('human-input-start'),
      ...execution,
      requestId: z.string(),
      key: z.string(),
      /** Titles of the nodes in the path, outermost first. Older runs do not have them. */
      titles: z.array(z.string()).optional(),
      question: HumanInputQuestion,
    }),
    z.object({
      type: z.literal('human-input-end'),
      ...execution,
      requestId: z.string(),
      key: z.string(),
      outcome: z.enum(['answered', 'expired']),
      value: z.unknown().optional(),
      by: z.string().optional(),
      reason: z.string().optional(),
    }),
    /** A human input request was not answered in time: a reminder was sent, or other people may now answer as well. */
    z.object({
      type: z.literal('human-input-remind'),
      ...execution,
      requestId: z.string(),
      key: z.string(),
      stage: z.enum(['reminder', 'escalation']),
      /** Who is notified. */
      to: z.string().optional(),
    }),
    /** `path` identifies the region: the id of its target node with the new iteration, such as `rewrite@1`. */
    z.object({ type: z.literal('loop-next'), ...execution, iteration: z.int().positive() }),
    z.object({
      type: z.literal('loop-limit'),
      ...execution,
      max: z.int().positive(),
      atLimit: z.enum(['fail', 'leave']),
    }),
    z.object({
      type: z.literal('label-decision'),
      ...execution,
      decision: z.enum(['allowed', 'refused', 'declassified']),
      destination: z.string(),
      label: Label,
      clearance: z.string().optional(),
      reason: z.string(),
      /** For `declassified`: the output, its new label, and who decided. */
      port: z.string().optional(),
      to: Label.optional(),
      by: z.string().optional(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
    /** A decision of a node, with everything that it is based on. */
    z.object({
      type: z.literal('node-decision'),
      ...execution,
      kind: DecisionKind,
      /** One sentence, such as "kept local: confidential". */
      summary: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
    ModelCallEvent,
    ToolCallEvent,
  ])
  .meta({ id: 'RunEvent' });
export type RunEvent = z.infer<typeof RunEvent>;
/** The type of a durable event. */
type RunEventType = RunEvent['type'];

/** A durable event of one type. */
export type RunEventOf<Type extends RunEventType> = Extract<RunEvent, { type: Type }>;

/** Whether an event settles an execution so that the run can go on: a result, or a failure with an edge from the error port. */
export function isSettled(
  event: RunEvent,
): event is RunEventOf<'node-end'> | RunEventOf<'node-cached'> | RunEventOf<'node-error'> {
  return event.type === 'node-end' || event.type === 'node-cached' || (event.type === 'node-error' && event.isCarried);
}

type WithoutSeq<Event> = Event extends unknown ? Omit<Event, 'seq' | 'runId'> : never;

/** A durable event before its commit: what the engine passes to the journal. */
export type RunRecord = WithoutSeq<RunEvent>;

const live = { runId: z.string(), time: z.number(), path: z.string(), attempt: z.int().positive() };

/**
 * A live event: sent once, without a sequence number, and never stored. What still matters later is in the snapshot (rule "Watch and catch
 * up").
 */
export const LiveEvent = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('node-delta'),
      ...live,
      port: z.string(),
      /** UTF-16 units of this port before this delta, in this attempt. */
      offset: z.int().nonnegative(),
      delta: z.string(),
      label: Label.optional(),
    }),
    z.object({
      type: z.literal('node-progress'),
      ...live,
      share: z.number().min(0).max(1).optional(),
      message: z.string().optional(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
    /** Waits for a slot; at `position` 0 it has the slot. */
    z.object({ type: z.literal('node-queue'), ...live, limit: z.string(), position: z.int().nonnegative() }),
    /** A running execution's heartbeat. */
    z.object({ type: z.literal('node-beat'), ...live }),
    /** The text of a running execution so far: sent once to a new watcher, after the durable events (rule "Watch and catch up"). */
    z.object({
      type: z.literal('node-snapshot'),
      ...live,
      port: z.string(),
      text: z.string(),
      label: Label.optional(),
    }),
  ])
  .meta({ id: 'LiveEvent' });
export type LiveEvent = z.infer<typeof LiveEvent>;

/** Any event that a watcher of a run receives. */
export type StreamEvent = RunEvent | LiveEvent;

/** Whether an event is durable. */
export function isDurable(event: StreamEvent): event is RunEvent {
  return 'seq' in event;
}
