import type { RunRecord } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { createMemoryJournal } from '../memory-journal.js';
import { createBench, type Sketch, type TestBench } from './harness.js';
import { testNodes, type Behaviours } from './test-nodes.js';

/** A bench after a crash: its journal holds exactly these records of run-1. */
export async function afterCrash(
  sketch: Sketch,
  behaviours: Behaviours,
  records: readonly RunRecord[],
  inputs: Record<string, unknown> = { value: 1 },
): Promise<TestBench> {
  const journal = createMemoryJournal(createFakeClock());
  const bench = createBench(testNodes(behaviours), { journal });
  await bench.accept(sketch, { inputs, runId: 'run-1' });
  if (records.length > 0) await journal.append('run-1', records);
  return bench;
}

/** The time and the attempt of records in tests. */
export const at = { time: 1, attempt: 1 };

/** The record of a node that ended with a value on one output. */
export const ended = (path: string, value: unknown, port = 'out'): RunRecord => ({
  type: 'node-end',
  ...at,
  path,
  started: 1,
  outputs: { [port]: { value, label: { level: 'internal', marks: [] } } },
});
