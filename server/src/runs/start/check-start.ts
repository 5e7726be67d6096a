import {
  HeddleError,
  type LabelledValue,
  type Plan,
  type PlanEdge,
  type PlanNode,
  type RunOptions,
} from '@heddle/core';

interface Given {
  readonly inputs: Readonly<Record<string, LabelledValue>>;
  /** The ports with a reused result, by node. */
  readonly earlier?: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Refuses a partial run (of one node, or from one node on) that lacks an input which the node needs. Otherwise the run would skip all nodes
 * and seem done. Errors: `input_missing`; `details` names the node, the input and the nodes that produce it.
 */
export function checkStart(plan: Plan, { only, from, pins = {} }: RunOptions, { inputs, earlier }: Given): void {
  const node = plan.nodes[plan.indexOf.get(only ?? from ?? '') ?? -1];
  if (node === undefined) return;
  const isFed = (index: number): boolean => {
    const edge = plan.edges[index];
    const producer = plan.nodes[edge?.from ?? -1];
    if (edge === undefined || producer === undefined) return false;
    const port = producer.outputs[edge.fromOutput]?.name ?? '';
    if (Object.hasOwn(pins, producer.id)) return Object.hasOwn(pins[producer.id] ?? {}, port);
    if (isInItsLoop(edge, node, only)) return true;
    const ports = earlier?.get(producer.id);
    if (ports !== undefined) return ports.has(port);
    // Of the nodes before it, only input nodes run in a partial run; they give the inputs of the run.
    if (producer.definition.role !== 'source') return false;
    return !Object.hasOwn(plan.interface.inputs, port) || Object.hasOwn(inputs, port);
  };
  const wired = node.inputs.filter(({ edges }) => edges.length > 0);
  const lacking = wired.filter(({ edges }) => !edges.some(isFed));
  const missing =
    node.run.join === 'any' ? (lacking.length === wired.length ? lacking[0] : undefined) : lacking.find(isRequired);
  if (missing === undefined || Object.hasOwn(pins, node.id)) return;
  const sources = [...new Set(missing.edges.map((index) => plan.nodes[plan.edges[index]?.from ?? -1]?.id ?? ''))];
  throw new HeddleError(
    'input_missing',
    `The run cannot begin at '${node.id}': its input '${missing.name}' comes from ${sources.map((id) => `'${id}'`).join(', ')} and has no value. Name an earlier run (reuseFrom), pin a value there, or give the inputs.`,
    { details: { node: node.id, input: missing.name, from: sources } },
  );
}

const isRequired = ({ port }: PlanNode['inputs'][number]): boolean => !port.isOptional;

/** If one node of a loop runs, the whole loop runs, except in a run of one node. */
function isInItsLoop(edge: PlanEdge, node: PlanNode, only: string | undefined): boolean {
  return only === undefined && edge.inside !== -1 && node.regionChain.includes(edge.inside);
}
