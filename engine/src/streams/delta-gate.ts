import type { LiveEvent, Plan } from '@heddle/core';

type NodeDelta = Extract<LiveEvent, { type: 'node-delta' }>;

/**
 * Creates a function that returns the run outputs that a delta belongs to; empty for most deltas. Only deltas on edges into a sink leave a
 * run: text that a node on the way holds back, such as `moderate`, never reaches a caller. Values that leave a loop or a nested run are
 * delivered whole.
 *
 * @example const outputsOf = createDeltaGate(plan); for (const name of outputsOf(event)) send(name, event.delta);
 */
export function createDeltaGate(plan: Plan): (event: NodeDelta) => readonly string[] {
  const names = new Map<string, string[]>();
  const sinks = new Set(plan.sinks);
  for (const edge of plan.edges) {
    const producer = plan.nodes[edge.from];
    const output = producer?.outputs[edge.fromOutput];
    const input = plan.nodes[edge.to]?.inputs[edge.toInput];
    if (
      producer === undefined ||
      output === undefined ||
      input === undefined ||
      !sinks.has(edge.to) ||
      edge.leaves >= 0
    )
      continue;
    const key = `${producer.id} ${output.name}`;
    names.set(key, [...(names.get(key) ?? []), input.name]);
  }
  return (event) => names.get(`${event.path} ${event.port}`) ?? [];
}
