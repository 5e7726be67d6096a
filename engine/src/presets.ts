import {
  HeddleError,
  defaultLabel,
  fromErrorValue,
  isSettled,
  type Label,
  type LabelledValue,
  type Plan,
  type RunAcceptance,
  type RunEvent,
} from '@heddle/core';
import { nestedPrefix, prefixOf } from './paths.js';
import type { Frame, Task } from './run/run-tree.js';
import type { Outputs, Selection } from './scheduler/scheduler-types.js';

/** Results that are known before the run: pinned by hand, or reused from the run that this one continues. */
export interface Presets {
  outcomeOf(task: Task): Known | undefined;
  selectionOf(frame: Frame): Selection;
}

/** The known result of an execution: its outputs, or a failure that its error port carried. */
export type Known = { readonly outputs: Outputs; readonly origin: string } | Failure;
interface Failure {
  readonly error: HeddleError;
  readonly label: Label | undefined;
}

/** Whether a run has pins or reused results, or runs only some of its nodes. */
export function needsPresets({ options, reused }: RunAcceptance): boolean {
  return (
    reused.length > 0 ||
    options.only !== undefined ||
    options.from !== undefined ||
    Object.keys(options.pins ?? {}).length > 0
  );
}

/**
 * Collects pins and reused results. `events` are the events of the runs that this one continues. Errors: `reused_result_mismatch` if a
 * reused result or a named node is missing.
 */
export function createPresets(plan: Plan, acceptance: RunAcceptance, events: readonly RunEvent[]): Presets {
  const { options, runId, origin = runId } = acceptance;
  const selected = selectedNodes(plan, acceptance);
  const pins = new Map(Object.entries(options.pins ?? {}).map(([id, values]) => [id, pinned(plan, id, values)]));
  const reused = resultsFrom(acceptance, events, selected);
  const isPinned = (frame: Frame, id: string): boolean => frame.prefix === '' && pins.has(id);
  return {
    outcomeOf(task) {
      const pin = task.frame.prefix === '' ? pins.get(task.node.id) : undefined;
      if (pin !== undefined) return { outputs: pin, origin: runId };
      const result = resultAt(reused, task.frame, task.path);
      if (result === undefined) return undefined;
      return 'error' in result.gave ? result.gave : { outputs: result.gave.outputs, origin };
    },
    selectionOf: (frame) => ({
      isPreset: (node) =>
        isPinned(frame, frame.nodeAt(node).id) ||
        (reused.size > 0 && resultAt(reused, frame, frame.pathOf(frame.nodeAt(node))) !== undefined),
      isSelected: (node) =>
        selected === undefined ||
        frame.prefix !== '' ||
        selected.has(frame.nodeAt(node).id) ||
        frame.nodeAt(node).definition.role === 'source',
    }),
  };
}

/** A result, or a failure that the error port carried, of an earlier run. `inputs` are the inputs of the nested run around it. */
interface ReusedResult {
  readonly gave: { readonly outputs: Outputs } | Failure;
  readonly inputs: Outputs | undefined;
}

/**
 * The reused result of a path. Inside a nested run, it counts only if the nested run has the same inputs: a node that runs again from its
 * top, such as an agent, may start a different nested run under the same key.
 */
function resultAt(reused: ReadonlyMap<string, ReusedResult>, frame: Frame, path: string): ReusedResult | undefined {
  const result = reused.get(path);
  if (result?.inputs === undefined || frame.prefix === '') return result;
  return textOf(result.inputs) === textOf(frame.inputs) ? result : undefined;
}

/** The values of inputs as text, to compare them; computed once for each object. */
function textOf(inputs: Outputs): string {
  const known = texts.get(inputs);
  if (known !== undefined) return known;
  const entries = Object.entries(inputs).map(([name, { value }]) => [name, value]);
  const text = JSON.stringify(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
  texts.set(inputs, text);
  return text;
}
const texts = new WeakMap<Outputs, string>();

/** The ids of the nodes that run; undefined for all. If the run reaches one node of a loop, the whole loop runs. */
function selectedNodes(plan: Plan, { options }: RunAcceptance): Set<string> | undefined {
  const start = options.only ?? options.from;
  if (start === undefined) return undefined;
  const first = plan.indexOf.get(start);
  if (first === undefined)
    throw new HeddleError('reused_result_mismatch', `The workflow has no node '${start}' to run from.`);
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
    throw new HeddleError('reused_result_mismatch', `A value is pinned to '${id}', which the workflow does not have.`);
  const outputs: Record<string, LabelledValue> = {};
  for (const [port, value] of Object.entries(values)) outputs[port] = { value, label: node.label ?? defaultLabel };
  return outputs;
}

function resultsFrom(
  { reused, origin }: RunAcceptance,
  events: readonly RunEvent[],
  selected: ReadonlySet<string> | undefined,
): Map<string, ReusedResult> {
  const results = new Map<string, ReusedResult>();
  const inputs = new Map<string, Outputs>();
  for (const event of events) {
    if (event.type === 'nested-start') inputs.set(nestedPrefix(event.path, event.key), event.inputs);
    else if (isSettled(event))
      results.set(event.path, {
        gave:
          event.type === 'node-error'
            ? { error: fromErrorValue(event.error), label: event.label }
            : { outputs: event.outputs },
        inputs: inputs.get(prefixOf(event.path)),
      });
  }
  const chosen = new Map<string, ReusedResult>();
  for (const path of reused) {
    if (selected?.has(/^[a-z0-9_-]+/.exec(path)?.[0] ?? '') === true) continue;
    const result = results.get(path);
    if (result === undefined)
      throw new HeddleError(
        'reused_result_mismatch',
        `Run '${origin ?? ''}' has no result of '${path}' to go on from.`,
      );
    chosen.set(path, result);
  }
  return chosen;
}
