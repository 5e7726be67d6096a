import {
  effectOf,
  isPlainObject,
  mostFacts,
  type EffectKind,
  type Facts,
  type Memory,
  type ResourceKind,
  type ResourceMap,
  type Tools,
} from '@heddle/core';
import type { Task } from '../run/run-tree.js';
import { hashOfRequest } from './request-hash.js';
import { endAtEffect, writeReplayDecision, type PlannedEffect, type Replay, type ReplayRunning } from './replay.js';
import { currentStep } from './step-effects.js';

// All effects of nodes pass through this one point. In an ordinary run they are noted for later replays; in a replay none goes out.

interface EffectGuarding extends ReplayRunning {
  readonly memory: { readonly replay: Replay | undefined };
}

/** Wraps a resource. In an ordinary run, each effect is noted in its step; in a replay, it is served from the record or refused. */
export function guardEffects<Kind extends ResourceKind>(
  kind: Kind,
  resource: ResourceMap[Kind],
  run: EffectGuarding,
  task: Task,
): ResourceMap[Kind] {
  const { replay } = run.memory;
  if (replay === undefined && !noted.has(kind)) return resource;
  return new Proxy<ResourceMap[Kind]>(resource, {
    get(target, name) {
      // A proxy is asked for any property name, so the member is unknown.
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      const call = (args: readonly unknown[]): unknown => Reflect.apply(member, target, args);
      return (...args: unknown[]): unknown =>
        replay === undefined
          ? noteEffect(kind, name, args, call)
          : new ReplayedCall(run, replay, task, kind, name, args).make(target, call);
    },
  });
}

const noted: ReadonlySet<ResourceKind> = new Set(['fetch', 'tools', 'memory', 'facts', 'cache', 'collection']);

function noteEffect(
  kind: ResourceKind,
  name: string,
  args: readonly unknown[],
  call: (args: readonly unknown[]) => unknown,
): unknown {
  const step = currentStep();
  if (step !== undefined && isOutside(effectOf(kind, name)) && `${kind}.${name}` !== 'tools.list') {
    const hash = hashOfRequest(args);
    step.requests.push(hash === undefined ? `${kind}.${name}` : `${kind}.${name} ${hash}`);
  }
  return call(args);
}

const isOutside = (effect: EffectKind): boolean => effect === 'write' || effect === 'effect';

class ReplayedCall {
  private readonly run: EffectGuarding;
  private readonly replay: Replay;
  private readonly task: Task;
  private readonly kind: ResourceKind;
  private readonly name: string;
  private readonly args: readonly unknown[];

  constructor(
    run: EffectGuarding,
    replay: Replay,
    task: Task,
    ...[kind, name, args]: [ResourceKind, string, readonly unknown[]]
  ) {
    this.run = run;
    this.replay = replay;
    this.task = task;
    this.kind = kind;
    this.name = name;
    this.args = args;
  }

  make(target: ResourceMap[ResourceKind], call: (args: readonly unknown[]) => unknown): unknown {
    const effect = this.effect;
    switch (effect) {
      case 'none':
        return this.readAsThen(target) ?? call(this.args);
      case 'model':
        // `endAtEffect` throws synchronously, because a model call returns a stream and not a promise.
        return this.replay.mode.models ? call(this.args) : endAtEffect(this.run, this.replay, this.task, this.planned);
      default:
        return this.withoutEffect(effect, target);
    }
  }

  private get effect(): EffectKind {
    const [request] = this.args;
    const isLexical = isPlainObject(request) && request['mode'] === 'lexical';
    return this.call === 'collection.search' && isLexical ? 'none' : effectOf(this.kind, this.name);
  }

  private get call(): string {
    return `${this.kind}.${this.name}`;
  }

  private get planned(): PlannedEffect {
    return { call: this.call, target: targetOf(this.call, this.args), hash: hashOfRequest(this.args) };
  }

  private async withoutEffect(effect: EffectKind, target: ResourceMap[ResourceKind]): Promise<unknown> {
    // The stored definitions of the tools are used; no server is called.
    if (this.call === 'tools.list') return (target as Tools).known?.(this.args[0] as readonly string[]) ?? [];
    const planned = this.planned;
    const step = currentStep();
    const value =
      planned.hash === undefined
        ? undefined
        : this.replay.recorded.step(this.task.path, `${planned.call} ${planned.hash}`);
    if (value !== undefined && step?.serve !== undefined) {
      this.decide('served', planned);
      step.serve(value);
      // The step already has its recorded value, which includes what its function did with the reply. So the function waits here for good.
      return new Promise<never>(() => undefined);
    }
    if (effect !== 'write') return endAtEffect(this.run, this.replay, this.task, planned);
    this.decide('held-back', planned);
    return undefined;
  }

  /** Reads a conversation, or the facts of a subject, as they were when the recorded run began. */
  private readAsThen(target: ResourceMap[ResourceKind]): Promise<unknown> | undefined {
    const { acceptedAt } = this.replay.recorded;
    if (this.call === 'facts.find') {
      const [request] = this.args as Parameters<Facts['find']>; // The call is `facts.find`, so these are its parameters.
      return (target as Facts)
        .find({ ...request, limit: mostFacts })
        .then((found) => found.filter(({ updatedAt }) => updatedAt < acceptedAt).slice(0, request.limit));
    }
    if (this.call !== 'memory.read') return undefined;
    const [options] = this.args as Parameters<Memory['read']>; // The call is `memory.read`, so these are its parameters.
    return (target as Memory).read().then((conversation) => {
      const turns = conversation.turns.filter(({ time }) => time < acceptedAt);
      return { ...conversation, turns: options?.limit === undefined ? turns : turns.slice(-options.limit) };
    });
  }

  private decide(outcome: 'served' | 'held-back', planned: PlannedEffect): void {
    writeReplayDecision(this.run, this.replay, this.task, { outcome, ...planned });
  }
}

/** What an effect addresses, without its contents. */
function targetOf(call: string, [first]: readonly unknown[]): string {
  if (isPlainObject(first) && typeof first['url'] === 'string') {
    const method = typeof first['method'] === 'string' ? first['method'] : 'GET';
    const url = URL.canParse(first['url']) ? new URL(first['url']) : undefined;
    return `${method} ${url === undefined ? first['url'].slice(0, 200) : url.origin + url.pathname}`;
  }
  return call === 'tools.call' && typeof first === 'string' ? `the tool ${first}` : call;
}
