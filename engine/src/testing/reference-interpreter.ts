import { convertValue, type Plan, type PlanInput, type PlanNode } from '@heddle/core';
import { nestedPrefix } from '../paths.js';

/** The behaviour of a node as a pure function: it returns the values of ports, throws the error it fails with, or starts nested runs. */
export type Behaviour = (
  node: PlanNode,
  path: string,
  inputs: Readonly<Record<string, unknown>>,
  nested: (
    key: string,
    workflow: string,
    inputs: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>>;

/** How a run must end. */
export interface Expected {
  readonly status: 'done' | 'failed';
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The paths that returned a result, or an error on their error port. */
  readonly ended: ReadonlySet<string>;
  readonly skipped: ReadonlySet<string>;
}

type Edge = { readonly state: 'carried'; readonly value: unknown } | { readonly state: 'dropped' | 'blamed' };
const dropped: Edge = { state: 'dropped' };

/** Thrown when the run fails, so that nothing else counts. */
class Fatal extends Error {}

/**
 * Computes how a run must end, as plainly as the rules allow: node by node in topological order, loops by recursion, without clocks,
 * streams, a journal or parallel work. The engine must come to the same result.
 */
export function interpret(plan: Plan, behaviour: Behaviour, inputs: Readonly<Record<string, unknown>>): Expected {
  const ended = new Set<string>();
  const skipped = new Set<string>();
  try {
    return { status: 'done', outputs: runPlan(plan, behaviour, inputs, '', ended, skipped), ended, skipped };
  } catch (error) {
    if (error instanceof Fatal) return { status: 'failed', outputs: {}, ended, skipped };
    throw error;
  }
}

function runPlan(
  plan: Plan,
  behaviour: Behaviour,
  runInputs: Readonly<Record<string, unknown>>,
  prefix: string,
  ended: Set<string>,
  skipped: Set<string>,
): Record<string, unknown> {
  const edges: (Edge | undefined)[] = plan.edges.map((edge) => (edge.loopOf >= 0 ? dropped : undefined));
  const iterations: number[] = plan.regions.map(() => 0);
  const outputs: Record<string, unknown> = {};
  const pathOf = (node: PlanNode): string =>
    prefix +
    node.id +
    (node.regionChain.length === 0 ? '' : `@${node.regionChain.map((region) => iterations[region]).join('.')}`);

  const valueOf = (input: PlanInput, edge: number): unknown => {
    const { from, fromOutput } = plan.edges[edge]!;
    const state = edges[edge]!;
    return state.state === 'carried'
      ? convertValue(state.value, plan.nodes[from]!.outputs[fromOutput]!.port.type, input.port.type)
      : undefined;
  };
  const isCarried = (edge: number): boolean => edges[edge]?.state === 'carried';

  /** Runs one node and returns the states of its outgoing edges. */
  function runNode(node: PlanNode): Edge[] {
    const path = pathOf(node);
    const drop = (state: Edge): Edge[] => plan.edges.map(() => state);
    const given: Record<string, unknown> = {};
    let connected = 0;
    let present = 0;
    let isMissing = false;
    const isBlamed =
      node.run.join === 'all' &&
      node.inputs.some((input) =>
        input.edges.some((edge) => plan.edges[edge]!.isStream && edges[edge]!.state === 'blamed'),
      );
    for (const input of node.inputs) {
      const all = input.loopEdge >= 0 ? [...input.edges, input.loopEdge] : [...input.edges];
      if (all.length === 0) continue;
      const carried = all.filter(isCarried);
      const isAbsent = input.edges.length === 0 && iterations[plan.edges[input.loopEdge]!.loopOf] === 0;
      if (!isAbsent || carried.length > 0) connected += 1;
      if (carried.length === 0) {
        isMissing ||= !input.port.isOptional;
        continue;
      }
      present += 1;
      const wins = isCarried(input.loopEdge) ? input.loopEdge : carried[0]!;
      given[input.name] =
        input.port.mode === 'many' ? carried.map((edge) => valueOf(input, edge)) : valueOf(input, wins);
    }
    if (isBlamed || (connected > 0 && present === 0) || isMissing) {
      skipped.add(path);
      return drop(isBlamed ? { state: 'blamed' } : dropped);
    }
    const values = node.definition.role === 'source' ? runInputs : given;
    let returned: Readonly<Record<string, unknown>>;
    let hasFailed = false;
    try {
      returned = behaviour(node, path, values, (key, workflow, nestedInputs) =>
        runPlan(plan.workflows.get(workflow)!, behaviour, nestedInputs, nestedPrefix(path, key), ended, skipped),
      );
    } catch (error) {
      if (node.errorOutput < 0) throw error instanceof Fatal ? error : new Fatal();
      returned = { error: { code: 'failed' } };
      hasFailed = true;
    }
    ended.add(path);
    if (node.definition.role === 'sink') Object.assign(outputs, given);
    return plan.edges.map((edge) => {
      if (edge.from !== node.index) return dropped;
      const value = returned[node.outputs[edge.fromOutput]!.name];
      return value === undefined ? (hasFailed ? { state: 'blamed' } : dropped) : { state: 'carried', value };
    });
  }

  /**
   * Runs the nodes of a region (-1: those in no region), with each inner loop as one step. Edges that leave the region are collected in the
   * map.
   */
  function runScope(region: number, held: Map<number, Edge>): void {
    const done = new Set<string>();
    const members = [
      ...plan.nodes
        .filter((node) => node.region === region)
        .map((node) => ({
          key: `n${node.index}`,
          nodes: [node.index],
          run: () => settle(node, runNode(node), region, held),
        })),
      ...plan.regions
        .filter((inner) => inner.parent === region)
        .map((inner) => ({
          key: `r${inner.index}`,
          nodes: [...inner.nodes],
          run: () => runLoop(inner.index, region, held),
        })),
    ];
    while (done.size < members.length) {
      const next = members.find(
        (member) =>
          !done.has(member.key) &&
          plan.edges.every(
            (edge) =>
              edge.loopOf >= 0 ||
              !member.nodes.includes(edge.to) ||
              member.nodes.includes(edge.from) ||
              edges[edge.index] !== undefined,
          ),
      );
      if (next === undefined) throw new Error('The reference interpreter is stuck.');
      next.run();
      done.add(next.key);
    }
  }

  function settle(node: PlanNode, states: readonly Edge[], region: number, held: Map<number, Edge>): void {
    for (const output of node.outputs) {
      for (const edge of output.edges) {
        const { loopOf, to } = plan.edges[edge]!;
        const isInside = region < 0 || plan.regions[region]!.nodes.includes(to);
        if (loopOf >= 0 || !isInside) held.set(edge, states[edge]!);
        else edges[edge] = states[edge]!;
      }
    }
  }

  function runLoop(region: number, outer: number, outerHeld: Map<number, Edge>): void {
    const { innerEdges, loopEdges, max, atLimit } = plan.regions[region]!;
    for (let iteration = 0; ; iteration += 1) {
      iterations[region] = iteration;
      const held = new Map<number, Edge>();
      runScope(region, held);
      const goesOn = loopEdges.some((edge) => held.get(edge)?.state === 'carried');
      if (goesOn && iteration + 1 >= max && atLimit === 'fail') throw new Fatal();
      if (!goesOn || iteration + 1 >= max) {
        for (const [edge, state] of held) {
          if (loopEdges.includes(edge)) continue;
          const leavesOuter = outer >= 0 && !plan.regions[outer]!.nodes.includes(plan.edges[edge]!.to);
          if (plan.edges[edge]!.loopOf >= 0 || leavesOuter) outerHeld.set(edge, state);
          else edges[edge] = state;
        }
        for (const edge of loopEdges) edges[edge] = dropped;
        iterations[region] = 0;
        return;
      }
      for (const edge of innerEdges) edges[edge] = plan.edges[edge]!.loopOf >= 0 ? dropped : undefined;
      for (const edge of loopEdges) edges[edge] = held.get(edge) ?? dropped;
    }
  }

  runScope(-1, new Map());
  return outputs;
}
