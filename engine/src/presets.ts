import {
  HeddleError,
  defaultLabel,
  type LabelledValue,
  type Plan,
  type RunAcceptance,
  type RunEvent,
} from '@heddle/core';
import type { Frame } from './frame.js';
import type { Outputs, Selection } from './scheduler/scheduler-types.js';
import type { Task } from './task.js';

/** Results that are known before a run: pins given by hand, and seeds from the run that this one continues (D2). */
export interface Presets {
  outputsOf(task: Task): { readonly outputs: Outputs; readonly origin: string } | undefined;
  selectionOf(frame: Frame): Selection;
}

/** Whether a run differs from a plain one, so that presets are needed at all. */
export function needsPresets({ options, seeds }: RunAcceptance): boolean {
  return (
    seeds.length > 0 ||
    options.only !== undefined ||
    options.from !== undefined ||
    Object.keys(options.pins ?? {}).length > 0
  );
}

/** Collects pins and seeds; `events` are those of the origin. Errors: `seed_mismatch` where a seed or a named node is missing. */
export function createPresets(plan: Plan, acceptance: RunAcceptance, events: readonly RunEvent[]): Presets {
  const { options, runId, origin = runId } = acceptance;
  const selected = selectedNodes(plan, acceptance);
  const pins = new Map(Object.entries(options.pins ?? {}).map(([id, values]) => [id, pinned(plan, id, values)]));
  const seeds = seedsFrom(acceptance, events, selected);
  const isPinned = (frame: Frame, id: string): boolean => frame.prefix === '' && pins.has(id);
  return {
    outputsOf(task) {
      const pin = task.frame.prefix === '' ? pins.get(task.node.id) : undefined;
      if (pin !== undefined) return { outputs: pin, origin: runId };
      const seed = seeds.get(task.path);
      return seed === undefined ? undefined : { outputs: seed, origin };
    },
    selectionOf: (frame) => ({
      isPreset: (node) =>
        isPinned(frame, frame.nodeAt(node).id) || (seeds.size > 0 && seeds.has(frame.pathOf(frame.nodeAt(node)))),
      isSelected: (node) =>
        selected === undefined ||
        frame.prefix !== '' ||
        selected.has(frame.nodeAt(node).id) ||
        frame.nodeAt(node).definition.role === 'source',
    }),
  };
}

/** The nodes that run for real: undefined for all. A loop runs whole or not at all, once one of its nodes follows from the start. */
function selectedNodes(plan: Plan, { options }: RunAcceptance): Set<string> | undefined {
  const start = options.only ?? options.from;
  if (start === undefined) return undefined;
  const first = plan.indexOf.get(start);
  if (first === undefined) throw new HeddleError('seed_mismatch', `The workflow has no node '${start}' to run from.`);
  if (options.only !== undefined) return new Set([start]);
  const found = new Set([first]);
  const open = [first];
  const visit = (index: number): void => {
    if (found.has(index)) return;
    found.add(index);
    open.push(index);
  };
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    const node = plan.nodes[index];
    for (const output of node?.outputs ?? []) for (const edge of output.edges) visit(plan.edges[edge]?.to ?? index);
    const outermost = plan.regions[node?.regionChain[0] ?? -1];
    for (const member of outermost?.nodes ?? []) visit(member);
  }
  return new Set([...found].flatMap((index) => plan.nodes[index]?.id ?? []));
}

function pinned(plan: Plan, id: string, values: Readonly<Record<string, unknown>>): Outputs {
  const node = plan.nodes[plan.indexOf.get(id) ?? -1];
  if (node === undefined)
    throw new HeddleError('seed_mismatch', `A value is pinned to '${id}', which the workflow does not have.`);
  const outputs: Record<string, LabelledValue> = {};
  for (const [port, value] of Object.entries(values)) outputs[port] = { value, label: node.label ?? defaultLabel };
  return outputs;
}

function seedsFrom(
  { seeds, origin }: RunAcceptance,
  events: readonly RunEvent[],
  selected: ReadonlySet<string> | undefined,
): Map<string, Outputs> {
  const results = new Map<string, Outputs>();
  for (const event of events)
    if (event.type === 'node-end' || event.type === 'node-cached') results.set(event.path, event.outputs);
  const chosen = new Map<string, Outputs>();
  for (const path of seeds) {
    if (selected?.has(/^[a-z0-9_-]+/.exec(path)?.[0] ?? '') === true) continue;
    const outputs = results.get(path);
    if (outputs === undefined)
      throw new HeddleError('seed_mismatch', `Run '${origin ?? ''}' has no result of '${path}' to go on from.`);
    chosen.set(path, outputs);
  }
  return chosen;
}
