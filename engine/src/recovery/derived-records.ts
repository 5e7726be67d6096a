import type { RunRecord } from '@heddle/core';
import type { Outbox } from '../run/outbox.js';
import type { RunMemory } from './run-memory.js';

/** A decision that follows from the plan and earlier records. */
export type DerivedRecord = RunRecord & { readonly path: string };

/** Records a decision that follows from earlier records, unless the journal already has it. */
export function recordDerived(
  run: { readonly memory: RunMemory; readonly outbox: Outbox },
  record: DerivedRecord,
): void {
  if (!run.memory.takeDerived(record)) run.outbox.add(record);
}
