import { joinLabels, toErrorValue, type LabelledValue } from '@heddle/core';
import { joinStreamLabels } from '../calls/gather.js';
import type { Lifecycle } from '../run/lifecycle.js';
import type { Committed, Outbox } from '../run/outbox.js';
import type { Outcome } from '../run/outcome.js';
import type { Known } from '../presets.js';
import type { Reuse } from '../reuse/reuse.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Task } from '../run/run-tree.js';
import type { Outputs } from '../scheduler/scheduler-types.js';
import { errorLabel, takesErrorPort } from './error-port.js';
import { TaskEvent } from './task-state.js';

// A result is journaled before its edges settle.

interface Committing extends Lifecycle {
  readonly memory: { readonly reuse: Reuse | undefined };
  readonly clock: RunClock;
  readonly outbox: Outbox;
}

/** Records an outcome; its edges settle when it is committed. */
export function commitOutcome(run: Committing, task: Task, outcome: Outcome): void {
  if (outcome.type === 'suspended') return;
  const settled =
    outcome.type === 'done' && task.node.hasStreamInput
      ? { ...outcome, outputs: relabel(task, outcome.outputs) }
      : outcome;
  run.advance(task, TaskEvent.Commit);
  task.keepOutcome(settled);
  const { path, attempt, startedAt: started } = task;
  const time = run.clock.now();
  if (settled.type === 'failed') {
    const isCarried = takesErrorPort(task, settled.error);
    const error = toErrorValue(settled.error, 'node_failed', path);
    run.outbox.add(
      { type: 'node-error', time, path, attempt, error, started, label: errorLabel(task), isCarried },
      task,
    );
    return;
  }
  const record = { type: 'node-end', time, path, attempt, outputs: settled.outputs, started } as const;
  // No node waits for a result without edges, so it settles now. If it is the last one, its record and the end of the run are one commit.
  const isLast = feedsNothing(task);
  const reuse = settled.finish === undefined ? run.memory.reuse : undefined;
  const after = leaveTo(reuse, task, settled.outputs, isLast);
  if (task.usage === undefined && settled.finish === undefined) run.outbox.add(record, after);
  else {
    const usage = task.usage === undefined ? {} : { usage: task.usage };
    const finish = settled.finish === undefined ? {} : { finish: settled.finish };
    run.outbox.add({ ...record, ...usage, ...finish }, after);
  }
  if (isLast) task.onCommitted();
}

/**
 * What continues once a result is committed. Other runs may reuse a result only once it is in the journal: if a crash lost a result that
 * another run had reused, this run would compute it again, and no run would count the cost of the first computation.
 */
function leaveTo(reuse: Reuse | undefined, task: Task, outputs: Outputs, isLast: boolean): Committed | undefined {
  if (reuse === undefined) return isLast ? undefined : task;
  return {
    onCommitted: () => {
      reuse.keep(task, outputs);
      if (!isLast) task.onCommitted();
    },
  };
}

/** Records an outcome that is known in advance, without calling the function. */
export function commitKnown(run: Committing, task: Task, known: Known): void {
  if ('error' in known) {
    // A failure that went to an error port goes there again, with the same label.
    task.begin(run.clock.now());
    if (known.label !== undefined) task.raise(known.label);
    commitOutcome(run, task, { type: 'failed', error: known.error });
    return;
  }
  const { outputs, origin } = known;
  run.advance(task, TaskEvent.Commit);
  task.keepOutcome({ type: 'done', outputs });
  run.outbox.add({ type: 'node-cached', time: run.clock.now(), path: task.path, attempt: 1, outputs, origin }, task);
}

/**
 * Whether no node waits for the result of an execution. A nested run is excluded: it passes its outputs to the node that started it, which
 * needs every result to be committed.
 */
function feedsNothing({ node, frame }: Task): boolean {
  return (
    node.outputs.length === 0 &&
    node.region < 0 &&
    !node.hasStreamInput &&
    frame.parent === undefined &&
    frame.stop === undefined
  );
}

/** Gives the outputs their final labels, because the label of a stream may have risen while the node read it. */
function relabel(task: Task, outputs: Outputs): Outputs {
  joinStreamLabels(task);
  const raised: Record<string, LabelledValue> = {};
  for (const [name, labelled] of Object.entries(outputs)) {
    const label = joinLabels(labelled.label, task.labelOf(name));
    raised[name] = label === labelled.label ? labelled : { ...labelled, label };
  }
  return raised;
}
