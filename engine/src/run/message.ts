import type { BatchResult } from './outbox.js';
import type { Outcome } from './outcome.js';
import type { Task } from './run-tree.js';

/** A message to the runner of a run. */
export type Message =
  | { readonly type: 'outcome'; readonly task: Task; readonly call: number; readonly outcome: Outcome }
  | { readonly type: 'committed'; readonly result: BatchResult }
  | { readonly type: 'command'; readonly run: () => void };
