import {
  joinLabels,
  labelOf,
  type Label,
  type NodeContext,
  type ResourceArguments,
  type ResourceKind,
  type ResourceMap,
  type SecretHandle,
  type StepContext,
} from '@heddle/core';
import type { RunRequest } from '../wire/messages.js';
import type { ServerCalls } from './server-calls.js';
import { inSlices } from '../../event-loop/index.js';
import { resourceProxy } from './resource-proxy.js';

/** The context of an execution in the process of its node; all its effects are calls to the server. */
export function createChildContext({ facts }: RunRequest, calls: ServerCalls, signal: AbortSignal): NodeContext {
  const received = performance.now();
  let raised: Label = labelOf('public');
  const tell = (method: string, ...args: readonly unknown[]): void => calls.tell(method, args);
  return {
    ...facts,
    signal,
    log: {
      info: (message, details) => tell('log', 'info', message, details),
      warn: (message, details) => tell('log', 'warn', message, details),
    },
    now: () => facts.now + (performance.now() - received),
    get label() {
      return joinLabels(joinLabels(facts.label, raised), calls.label ?? facts.label);
    },
    raise(label) {
      raised = joinLabels(raised, label);
      tell('raise', label);
    },
    declassify: (declassification) => tell('declassify', declassification),
    decide: (decision) => tell('decide', decision),
    noteToolCall: (call) => tell('noteToolCall', call),
    // The server returns a handle; the value stays there.
    secret: async (name) => (await calls.call('secret', [name])) as SecretHandle,
    async use<Kind extends ResourceKind>(kind: Kind, ...args: ResourceArguments<Kind>): Promise<ResourceMap[Kind]> {
      const found = await calls.open(kind, args);
      // It has the type of its port, except that methods that return a plain value there return a promise here.
      return resourceProxy(found, calls) as ResourceMap[Kind];
    },
    // The result of a step is that of its effect, in this attempt or an earlier one.
    step: async <T>(key: string, effect: (step: StepContext) => Promise<T>) =>
      (await calls.step(key, (idempotencyKey) => effect({ idempotencyKey, signal }))) as T,
    work: (steps) => inSlices(steps),
    sleep: async (until) => {
      await calls.call('sleep', [until]);
    },
    // The server has checked the answers and results that it returns.
    requestInput: async (key, question) =>
      (await calls.call('requestInput', [key, question])) as Awaited<ReturnType<NodeContext['requestInput']>>,
    run: async (key, workflow, inputs) =>
      (await calls.call('run', [key, workflow, inputs])) as Awaited<ReturnType<NodeContext['run']>>,
    progress: (progress) => tell('progress', progress),
    waiting: (slot) => tell('waiting', slot),
    report: (usage) => tell('report', usage),
  };
}
