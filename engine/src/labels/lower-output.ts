import { HeddleError, type Lowering } from '@heddle/core';
import type { Runner } from '../runner.js';
import type { Task } from '../task.js';

/** Lowers the label of one output and records it (B2). Errors: `lowering_undeclared`. */
export function lowerOutput(runner: Runner, task: Task, lowering: Lowering): void {
  const { definition } = task.node;
  if (definition.lowers === undefined) {
    throw new HeddleError(
      'lowering_undeclared',
      `'${task.path}' (${definition.type}) must not lower a label: only node types that declare it may.`,
    );
  }
  const label = task.labelOf(lowering.port);
  task.lowerings ??= new Map();
  task.lowerings.set(lowering.port, lowering);
  runner.record({
    type: 'label-decision',
    time: runner.now(),
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
