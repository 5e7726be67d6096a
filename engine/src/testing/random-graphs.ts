import { HeddleError, type NodeContext, type NodeDefinition, type Plan, type PlanNode } from '@heddle/core';
import { createDice, hash, type Dice } from './dice.js';
import { compileSketch, ticks, type Sketch } from './harness.js';
import type { Behaviour } from './reference-interpreter.js';
import { flaky, testNodes } from './test-nodes.js';

/** Which features a random graph may have. */
export interface GraphOptions {
  /** Whether nodes may fail without an error port. Not combined with `hasAny`, because a losing branch could hide the failure. */
  readonly hasFatal: boolean;
  readonly hasAny: boolean;
  readonly hasLoops: boolean;
  readonly hasNested: boolean;
  /** Whether nodes may ask a person, sleep, or journal a step first. */
  readonly hasSuspension?: boolean;
}

/** A random graph that compiles, and what its nodes do. */
export interface RandomGraph {
  readonly sketch: Sketch;
  readonly plan: Plan;
  readonly definitions: readonly NodeDefinition[];
  readonly behaviour: Behaviour;
  /** How often the function of each path was called and returned. */
  readonly calls: Map<string, number>;
  /** The number of functions that have not returned. */
  readonly out: { count: number };
}

type SketchNode = Exclude<Sketch['nodes'][string], string>;
type SketchEdge = NonNullable<Sketch['edges']>[number];

/** Creates a graph of about `size` nodes. */
export function randomGraph(seed: number, size: number, options: GraphOptions): RandomGraph {
  const dice = createDice(seed);
  const calls = new Map<string, number>();
  const behaviour = behaviourOf(seed, options);
  const out = { count: 0 };
  const definitions = testNodes({
    random: ({ inputs, context }) =>
      counted(out, perform(behaviour, calls, inputs, context, options.hasSuspension === true)),
  });
  const inner = randomSketch(
    dice,
    1 + dice(4),
    { ...options, hasNested: false, hasLoops: options.hasLoops && dice(2) === 0 },
    true,
  );
  const outer = randomSketch(dice, size, options, false);
  let sketch: Sketch = options.hasNested
    ? { ...outer, workflows: { inner: withoutBadLoops(inner, definitions) } }
    : outer;
  sketch = withoutBadLoops(sketch, definitions);
  const { plan, issues } = compileSketch(sketch, definitions);
  if (plan === undefined) throw new Error(`Seed ${seed}: ${issues.map((issue) => issue.message).join('; ')}`);
  plans.set(behaviour, plan);
  return { sketch, plan, definitions, behaviour, calls, out };
}
const plans = new WeakMap<Behaviour, Plan>();

function randomSketch(dice: Dice, size: number, options: GraphOptions, isInner: boolean): Sketch {
  const nodes: Record<string, SketchNode> = { s: { type: 'in', config: { fields: ['value'] } } };
  const edges: SketchEdge[] = [];
  const outputs: string[] = ['s.value'];
  const texts: string[] = [];
  const pick = <T>(list: readonly T[]): T => list[dice(list.length)]!;
  const ids: string[] = [];
  for (let index = 0; index < size; index += 1) {
    const id = `n${index}`;
    const isAny = options.hasAny && dice(6) === 0;
    const inputs: string[] = [];
    for (let count = 1 + dice(3); count > 0; count -= 1) {
      const name = `i${count}`;
      if (!isAny && texts.length > 0 && dice(4) === 0) {
        inputs.push(dice(3) === 0 ? `${name}~?` : `${name}~`);
        edges.push(`${pick(texts)} -> ${id}.${name}`);
      } else if (!isAny && dice(5) === 0) {
        inputs.push(dice(2) === 0 ? `${name}*` : `${name}*?`);
        for (const from of new Set([pick(outputs), pick(outputs), pick(outputs)]))
          edges.push(`${from} -> ${id}.${name}`);
      } else {
        inputs.push(isAny || dice(2) === 0 ? `${name}?` : name);
        edges.push(`${pick(outputs)} -> ${id}.${name}`);
      }
    }
    inputs.push('back?');
    const hasText = dice(3) === 0;
    const workflow = options.hasNested && dice(5) === 0 ? { workflow: '#inner' } : {};
    nodes[id] = {
      type: 'do',
      config: { behaviour: 'random', inputs, outputs: ['a', 'b', ...(hasText ? ['t$'] : [])], ...workflow },
      run: {
        ...(isAny ? { join: 'any' as const } : {}),
        ...(dice(15) === 0 && !isAny ? { disabled: true } : {}),
        retry: { attempts: 2, backoffMs: 5 },
      },
    };
    ids.push(id);
    outputs.push(`${id}.a`, `${id}.b`);
    if (hasText) {
      texts.push(`${id}.t`);
      outputs.push(`${id}.t`);
    }
    if (dice(2) === 0) outputs.push(`${id}.error`);
  }
  const fields = isInner ? ['x', 'y'] : ['x', 'y', 'z'];
  nodes['e'] = { type: 'out', config: { fields } };
  for (const field of fields) edges.push(`${pick(outputs)} -> e.${field}`);
  if (options.hasLoops) {
    for (let count = dice(3); count > 0; count -= 1) {
      const target = dice(ids.length);
      const from = target + dice(ids.length - target);
      edges.push({
        edge: `n${from}.${pick(['a', 'b'])} -> n${target}.back`,
        loop: { max: 1 + dice(4), atLimit: dice(4) === 0 && options.hasFatal ? 'fail' : 'leave' },
      });
    }
  }
  return { nodes, edges };
}

/** Removes loop edges until the sketch compiles. */
function withoutBadLoops(sketch: Sketch, definitions: readonly NodeDefinition[]): Sketch {
  let edges = [...(sketch.edges ?? [])];
  for (;;) {
    const next = { ...sketch, edges };
    const { plan, issues } = compileSketch(next, definitions);
    if (plan !== undefined) return next;
    const loop = edges.findLastIndex((edge) => typeof edge !== 'string');
    if (loop < 0) throw new Error(issues.map((issue) => `${issue.code} ${issue.message}`).join('; '));
    edges = edges.filter((_, index) => index !== loop);
  }
}

/** The behaviour of all nodes of a graph, as a pure function. */
function behaviourOf(seed: number, { hasFatal }: GraphOptions): Behaviour {
  return (node, path, inputs, nested) => {
    if (node.definition.role === 'source') return inputs;
    if (node.definition.role === 'sink') return {};
    if (node.run.isDisabled) return bypass(node, inputs);
    const roll = hash(`${seed} ${path}`);
    if (roll % 11 === 0 && (hasFatal || node.errorOutput >= 0)) throw new HeddleError('json_invalid', `${path} fails.`);
    const value = node.run.join === 'any' ? 'any' : hash(`${node.id} ${textOf(inputs)}`);
    const results = isNesting(node)
      ? ['k1', 'k2'].slice(0, 1 + (roll % 2)).map((key) => nested(key, '#inner', { value }))
      : [];
    const given = results.length === 0 ? value : hash(results.map(textOf).join());
    const outputs: Record<string, unknown> = {};
    const takes = (roll >>> 4) % 8;
    if (takes !== 0) outputs['a'] = given;
    if (takes > 2 || takes === 0) outputs['b'] = `${given}b`;
    if (node.outputs.some((output) => output.name === 't') && takes % 3 !== 0) outputs['t'] = `text of ${given}`;
    return outputs;
  };
}

/** The values as one text. The content of errors is left out, because it does not matter. */
function textOf(values: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(entries, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'code' in value ? 'failed' : value,
  );
}

const isNesting = (node: PlanNode): boolean => node.references.length > 0;

function bypass(node: PlanNode, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const outputs: Record<string, unknown> = {};
  for (const output of node.outputs) {
    if (output.name === 'error') continue;
    const given = node.inputs
      .map((input) => {
        const value = inputs[input.name];
        return input.port.mode === 'many' && Array.isArray(value) ? (value as unknown[])[0] : value;
      })
      .find((value) => value !== undefined && (output.port.type === 'Json' || typeof value !== 'object'));
    if (given !== undefined)
      outputs[output.name] = output.port.type === 'Text' && typeof given === 'number' ? given.toString() : given;
  }
  return outputs;
}

/**
 * The same behaviour as a function that the engine calls: it returns at once, later, or as a stream, and sometimes fails the first time.
 */
function perform(
  behaviour: Behaviour,
  calls: Map<string, number>,
  inputs: Readonly<Record<string, unknown>>,
  context: NodeContext,
  suspends: boolean,
): unknown {
  const { path } = context;
  const node = nodeAt(behaviour, path);
  const roll = hash(path);
  const count = (): void => void calls.set(path, (calls.get(path) ?? 0) + 1);
  const isFlaky = roll % 5 === 0 && context.attempt === 1;
  const hasStreams = node.inputs.some((input) => input.port.mode === 'stream' && inputs[input.name] !== undefined);
  if (!hasStreams && !isNesting(node) && roll % 3 === 0 && !isFlaky && !suspends) {
    count();
    return behaviour(node, path, inputs, () => ({}));
  }
  const work = async (): Promise<Readonly<Record<string, unknown>>> => {
    if (roll % 4 < 2) await ticks(roll % 3);
    if (isFlaky) throw flaky(path);
    if (suspends && roll % 3 === 1)
      await context.step('step', async () => calls.set(`step ${path}`, (calls.get(`step ${path}`) ?? 0) + 1).size);
    if (suspends && roll % 6 === 1) await context.requestInput('ask', { title: path, schema: {} });
    if (suspends && roll % 6 === 2) await context.sleep(context.now() + 1_000);
    const whole: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(inputs)) {
      const port = node.inputs.find((input) => input.name === name)?.port;
      whole[name] = port?.mode === 'stream' ? await read(value) : value;
    }
    const results = new Map<string, Readonly<Record<string, unknown>>>();
    if (isNesting(node)) {
      const wanted: [string, string, Readonly<Record<string, unknown>>][] = [];
      collectNested(behaviour, node, path, whole, wanted);
      for (const [key, result] of await Promise.all(
        wanted.map(async ([key, workflow, given]) => [key, (await context.run(key, workflow, given)).outputs] as const),
      ))
        results.set(key, result);
    }
    count();
    return behaviour(node, path, whole, (key) => results.get(key) ?? {});
  };
  if (!node.outputs.some((output) => output.name === 't')) return work();
  return (async function* () {
    const outputs = await work();
    const text = outputs['t'];
    if (typeof text === 'string') {
      for (let at = 0; at < text.length; at += 6) {
        yield { port: 't', delta: text.slice(at, at + 6) };
        if (roll % 2 === 0) await ticks(1);
        if (at !== 6) continue;
        // In the middle of its text, the node sometimes fails the first time or waits.
        if (roll % 7 === 3 && !isFlaky && context.attempt === 1) throw flaky(path);
        if (suspends && roll % 8 === 5) await context.requestInput('middle', { title: path, schema: {} });
        if (suspends && roll % 8 === 3) await context.sleep(context.now() + 1_000);
      }
    }
    return outputs;
  })();
}

/** Counts functions from their call to their return. */
function counted(out: { count: number }, result: unknown): unknown {
  if (result instanceof Promise) {
    out.count += 1;
    return result.finally(() => (out.count -= 1));
  }
  if (typeof result !== 'object' || result === null || !(Symbol.asyncIterator in result)) return result;
  return (async function* () {
    out.count += 1;
    try {
      return yield* result as AsyncGenerator<unknown, unknown, void>;
    } finally {
      out.count -= 1;
    }
  })();
}

/** Finds the nested runs that a node would start: calls its behaviour with a recorder instead of running them. */
function collectNested(
  behaviour: Behaviour,
  node: PlanNode,
  path: string,
  inputs: Readonly<Record<string, unknown>>,
  wanted: [string, string, Readonly<Record<string, unknown>>][],
): void {
  behaviour(node, path, inputs, (key, workflow, given) => {
    wanted.push([key, workflow, given]);
    return {};
  });
}

function nodeAt(behaviour: Behaviour, path: string): PlanNode {
  let plan = plans.get(behaviour)!;
  const segments = path.split('/');
  for (let depth = 1; depth < segments.length; depth += 1) plan = plan.workflows.get('#inner')!;
  const id = /^[a-z0-9_-]+/.exec(segments[segments.length - 1]!)![0];
  return plan.nodes[plan.indexOf.get(id)!]!;
}

async function read(stream: unknown): Promise<string> {
  let text = '';
  for await (const delta of stream as AsyncIterable<string>) text += delta;
  return text;
}
