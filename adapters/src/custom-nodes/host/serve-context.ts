import { HeddleError, type NodeContext, type ResourceKind, type ResourceMap } from '@heddle/core';
import type { FromNodes, Result } from '../wire/messages.js';
import { checkPlain } from '../wire/plain-value.js';
import { readArguments } from './context-calls.js';
import { checkRequest, checkResource, checkSecret, type Declared } from './effects.js';
import type { LentResources } from './lent-resources.js';

export interface ServedExecution {
  readonly declared: Declared;
  readonly context: NodeContext;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly streams: readonly string[];
  readonly lent: LentResources;
  effect(step: number, idempotencyKey: string): Promise<unknown>;
}

/** Carries out one call that an execution waits for. Errors: `effect_undeclared`, and those of the context and its resources. */
export async function serveContext(
  execution: ServedExecution,
  { call, method, args, holes }: Extract<FromNodes, { kind: 'call' }>,
): Promise<Result> {
  const { context, declared, lent } = execution;
  checkPlain(args);
  switch (method) {
    case 'use':
      return use(execution, args);
    case 'invoke': {
      const [id, name, ...rest] = readArguments('invoke', args);
      return lent.invoke(id, name, rest, holes);
    }
    case 'next':
      return lent.next(readArguments('next', args)[0]);
    case 'input':
      return lendInput(execution, readArguments('input', args)[0]);
    case 'secret': {
      const [name] = readArguments('secret', args);
      checkSecret(declared, name);
      return valueOf(await context.secret(name));
    }
    case 'step': {
      const [key] = readArguments('step', args);
      return valueOf(await context.step(key, ({ idempotencyKey }) => execution.effect(call, idempotencyKey)));
    }
    case 'sleep':
      await context.sleep(readArguments('sleep', args)[0]);
      return valueOf(undefined);
    case 'requestInput': {
      const [key, question] = readArguments('requestInput', args);
      checkRequest(declared);
      return valueOf(await context.requestInput(key, question));
    }
    case 'run': {
      const [key, workflow, inputs] = readArguments('run', args);
      return valueOf(await context.run(key, workflow, inputs));
    }
    default:
      throw new HeddleError('node_failed', `A node's context has no '${method}'.`);
  }
}

async function use({ declared, context, lent }: ServedExecution, args: readonly unknown[]): Promise<Result> {
  const [kind, ...ids] = readArguments('use', args);
  checkResource(declared, kind);
  // Kinds with ids get one; the others ignore it.
  const open = context.use.bind(context) as (
    kind: ResourceKind,
    ...ids: readonly string[]
  ) => Promise<ResourceMap[ResourceKind]>;
  return lent.lend(kind, await open(kind, ...ids));
}

function lendInput({ inputs, streams, lent }: ServedExecution, name: string): Result {
  const input: unknown = streams.includes(name) ? inputs[name] : undefined;
  if (typeof input !== 'object' || input === null || !(Symbol.asyncIterator in input))
    throw new HeddleError('node_failed', `The node has no stream '${name}'.`);
  // Streams are async iterables, and the engine made this one.
  return lent.lendIterable(input as AsyncIterable<unknown>);
}

const valueOf = (value: unknown): Result => ({ type: 'value', value });
