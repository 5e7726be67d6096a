import { HeddleError, type Declassification } from '@heddle/core';
import type { Outbox } from '../run/outbox.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Task } from '../run/run-tree.js';

/** Lowers the label of one output and records it. Errors: `declassification_undeclared`. */
export function declassifyOutput(
  run: { readonly clock: RunClock; readonly outbox: Outbox },
  task: Task,
  declassification: Declassification,
): void {
  const { definition } = task.node;
  if (definition.declassifies === undefined) {
    throw new HeddleError(
      'declassification_undeclared',
      `'${task.path}' (${definition.type}) must not lower a label: only node types that declare it may.`,
    );
  }
  const label = task.labelOf(declassification.port);
  task.declassify(declassification);
  run.outbox.add({
    type: 'label-decision',
    time: run.clock.now(),
    path: task.path,
    attempt: task.attempt,
    decision: 'declassified',
    destination: declassification.port,
    label,
    reason: declassification.reason,
    port: declassification.port,
    to: task.labelOf(declassification.port),
    by: declassification.by,
    details: declassification.details,
  });
}
