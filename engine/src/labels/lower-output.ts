import { HeddleError, type Lowering } from '@heddle/core';
import type { Outbox } from '../outbox.js';
import type { RunClock } from '../run-clock.js';
import type { Task } from '../run-tree.js';

/** Lowers the label of one output and records it. Errors: `lowering_undeclared`. */
export function lowerOutput(
  run: { readonly clock: RunClock; readonly outbox: Outbox },
  task: Task,
  lowering: Lowering,
): void {
  const { definition } = task.node;
  if (definition.lowers === undefined) {
    throw new HeddleError(
      'lowering_undeclared',
      `'${task.path}' (${definition.type}) must not lower a label: only node types that declare it may.`,
    );
  }
  const label = task.labelOf(lowering.port);
  task.lower(lowering);
  run.outbox.add({
    type: 'label-decision',
    time: run.clock.now(),
    path: task.path,
    attempt: task.attempt,
    decision: 'lowered',
    destination: lowering.port,
    label,
    reason: lowering.reason,
    port: lowering.port,
    to: task.labelOf(lowering.port),
    ...(lowering.by === undefined ? {} : { by: lowering.by }),
    ...(lowering.details === undefined ? {} : { details: lowering.details }),
  });
}
