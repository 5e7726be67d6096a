import { HeddleError, type LabelledValue } from '@heddle/core';
import type { EngineHost } from '../host.js';
import type { Outbox } from '../run/outbox.js';
import type { RunMemory } from '../recovery/run-memory.js';
import type { RunClock } from '../timing/run-clock.js';
import { resolveRunInputs } from '../run/run-inputs.js';
import type { Frame, FrameOptions, Task } from '../run/run-tree.js';

interface NestedOpening {
  readonly host: Pick<EngineHost, 'maxNesting'>;
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly memory: RunMemory;
  openFrame(options: Omit<FrameOptions, 'listener' | 'selection' | 'onSettled'>): Frame;
}

/** The nested run that an execution starts. */
export interface NestedRequest {
  readonly key: string;
  /** The workflow's name in the plan. */
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Starts a nested run. Errors: `workflow_not_found`, `nesting_limit`, and those of `resolveRunInputs`. */
export function openNested(
  run: NestedOpening,
  task: Task,
  { key, workflow, inputs }: NestedRequest,
  prefix: string,
): void {
  const plan = task.frame.plan.workflows.get(workflow);
  if (plan === undefined)
    throw new HeddleError(
      'workflow_not_found',
      `'${task.path}' runs the workflow '${workflow}', which its plan does not contain: name it in "references".`,
    );
  const depth = task.frame.depth + 1;
  const deepest = run.host.maxNesting ?? 16;
  if (depth > deepest)
    throw new HeddleError(
      'nesting_limit',
      `'${task.path}' would nest runs ${depth} deep; at most ${deepest} are allowed.`,
    );
  const labelled: Record<string, LabelledValue> = {};
  for (const [name, value] of Object.entries(inputs))
    if (value !== undefined) labelled[name] = { value, label: task.label };
  const checked = resolveRunInputs(plan.interface, labelled);
  if (!run.memory.hasDerived({ type: 'nested-start', path: prefix })) {
    run.outbox.add({
      type: 'nested-start',
      time: run.clock.now(),
      path: task.path,
      attempt: task.attempt,
      key,
      workflow,
      inputs: checked,
    });
  }
  run.openFrame({ plan, prefix, depth, inputs: checked, parent: { task, key } });
}
