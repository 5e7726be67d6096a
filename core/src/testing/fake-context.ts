import { HeddleError } from '../errors/heddle-error.js';
import { secretNotFound } from '../errors/not-found.js';
import { joinLabels, publicLabel, type Label } from '../labels/label.js';
import type { Decision, Iteration, Declassification, NodeContext, ToolCallRecord } from '../node/node-context.js';
import type { Answer, Question } from '../node/question.js';
import type { ResourceArguments, ResourceKind, ResourceMap } from '../ports/resources.js';
import type { JsonObject } from '../values/json/json.js';
import { runThrough } from '../values/steps.js';
import type { Usage } from '../values/values.js';

/** The resources of a fake context: a resource, or a function that creates it from its id. */
export type FakeResources = {
  readonly [Kind in ResourceKind]?:
    ResourceMap[Kind] | ((id: string) => ResourceMap[Kind] | Promise<ResourceMap[Kind]>);
};

/** Options of a fake context. */
export interface FakeContextOptions {
  readonly resources?: FakeResources;
  /** Names of the secrets that the node may use. */
  readonly secrets?: readonly string[];
  /** Answers by request key, or a function. A request without an answer expires. */
  readonly answers?: Readonly<Record<string, Answer>> | ((key: string, question: Question) => Answer | undefined);
  readonly nested?: (
    workflow: string,
    inputs: Readonly<Record<string, unknown>>,
    key: string,
  ) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
  /** Results of steps from an earlier attempt; this run adds its own. */
  readonly steps?: Map<string, unknown>;
  readonly signal?: AbortSignal;
  readonly iteration?: Iteration;
  readonly attempt?: number;
  readonly label?: Label;
  /** Start time in milliseconds since the epoch; `sleep` moves the clock. */
  readonly now?: number;
}

/** Everything that a node did with its context. */
export interface ContextRecord {
  readonly log: { readonly level: 'info' | 'warn'; readonly message: string; readonly details?: JsonObject }[];
  readonly usage: (Usage & { readonly model?: string })[];
  readonly progress: { readonly share?: number; readonly message?: string; readonly details?: JsonObject }[];
  readonly waits: ({ readonly limit: string; readonly position: number } | undefined)[];
  readonly requests: { readonly key: string; readonly question: Question }[];
  readonly nested: {
    readonly key: string;
    readonly workflow: string;
    readonly inputs: Readonly<Record<string, unknown>>;
  }[];
  readonly sleeps: number[];
  readonly declassifications: Declassification[];
  readonly decisions: Decision[];
  readonly toolCalls: ToolCallRecord[];
  readonly steps: Map<string, unknown>;
  label: Label;
  now: number;
}

/** Creates a context for one execution of a node and records every call. */
export function createFakeContext(options: FakeContextOptions = {}): {
  readonly context: NodeContext;
  readonly record: ContextRecord;
} {
  const signal = options.signal ?? new AbortController().signal;
  const record: ContextRecord = {
    log: [],
    usage: [],
    progress: [],
    waits: [],
    requests: [],
    nested: [],
    sleeps: [],
    declassifications: [],
    decisions: [],
    toolCalls: [],
    steps: options.steps ?? new Map<string, unknown>(),
    label: options.label ?? publicLabel,
    now: options.now ?? 1_700_000_000_000,
  };
  const keys = new Set<string>();
  const claim = (kind: string, key: string): void => {
    if (keys.has(`${kind}:${key}`))
      throw new HeddleError(
        'duplicate_key',
        `The key '${key}' was used twice by ${kind} in one execution: make it unique.`,
      );
    keys.add(`${kind}:${key}`);
  };
  const context: NodeContext = {
    runId: 'run-under-test',
    path: 'node',
    attempt: options.attempt ?? 1,
    signal,
    iteration: options.iteration,
    log: {
      info: (message, details) => void record.log.push({ level: 'info', message, details }),
      warn: (message, details) => void record.log.push({ level: 'warn', message, details }),
    },
    now: () => record.now,
    get label() {
      return record.label;
    },
    raise: (label) => {
      record.label = joinLabels(record.label, label);
    },
    declassify: (declassification) => void record.declassifications.push(declassification),
    noteToolCall: (call) => void record.toolCalls.push(call),
    decide: (decision) => void record.decisions.push(decision),
    secret: async (name) => {
      if (options.secrets?.includes(name) !== true) throw secretNotFound(name);
      return { name };
    },
    use: async (kind, ...args) => giveResource(options.resources ?? {}, kind, args),
    step: async (key, effect) => {
      claim('step', key);
      if (record.steps.has(key)) return record.steps.get(key) as Awaited<ReturnType<typeof effect>>;
      const result = await effect({ idempotencyKey: `key-of-${key}`, signal });
      // The journal stores JSON, so a result must survive the conversion.
      record.steps.set(key, result === undefined ? undefined : JSON.parse(JSON.stringify(result)));
      return result;
    },
    work: async (steps) => runThrough(steps),
    sleep: async (until) => {
      record.sleeps.push(until);
      record.now = Math.max(record.now, until);
    },
    requestInput: async (key, question) => {
      claim('human-input', key);
      record.requests.push({ key, question });
      const { answers } = options;
      return (typeof answers === 'function' ? answers(key, question) : answers?.[key]) ?? { type: 'expired' };
    },
    run: async (key, workflow, inputs) => {
      claim('run', key);
      record.nested.push({ key, workflow, inputs });
      if (options.nested === undefined)
        throw new HeddleError(
          'workflow_not_found',
          `The node runs '${workflow}', but the test has no 'nested' function.`,
        );
      return { outputs: await options.nested(workflow, inputs, key), label: record.label };
    },
    progress: (progress) => void record.progress.push(progress),
    waiting: (slot) => void record.waits.push(slot),
    report: (usage) => void record.usage.push(usage),
  };
  return { context, record };
}

async function giveResource<Kind extends ResourceKind>(
  resources: FakeResources,
  kind: Kind,
  args: ResourceArguments<Kind>,
): Promise<ResourceMap[Kind]> {
  const resource: unknown = resources[kind];
  if (resource === undefined)
    throw new HeddleError('resource_unavailable', `The node uses '${kind}', but the test has none in 'resources'.`);
  if (isMaker(resource, kind)) return resource(args[0] ?? '');
  return resource as ResourceMap[Kind];
}

/** Resources are objects, so a function is always a factory. */
function isMaker<Kind extends ResourceKind>(
  resource: unknown,
  _kind: Kind,
): resource is (id: string) => ResourceMap[Kind] | Promise<ResourceMap[Kind]> {
  return typeof resource === 'function';
}
