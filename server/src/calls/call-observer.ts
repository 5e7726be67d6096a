import type { CallScope, Clock, Routing, TraceparentFor } from '@heddle/core';
import type { Authority } from '../authority/authority.js';
import type { BatchedCalls } from './batched-calls.js';
import type { CallContent, CallGuard } from './call-guard.js';

/** The parts with which calls are guarded and recorded. */
export interface CallObserver {
  readonly clock: Clock;
  readonly guards: readonly CallGuard[];
  /** The routing of an execution, with its budgets and the measured quality in its workflow. */
  readonly routingOf?: (scope: CallScope, authority: Authority) => Routing;
  /** Answers calls from batches of their providers. Without it, no call waits for a batch. */
  readonly batchedCalls?: BatchedCalls | undefined;
  /** Stores the content of a call apart from the record, which names it by hash. */
  keep?(content: CallContent): void;
  /** The trace of a call; undefined if no traces are exported. */
  readonly traceparentOf?: (scope: CallScope) => TraceparentFor | undefined;
  /** Errors: `blob_not_found` for a file of another project. Undefined if there is only one project. */
  readonly checkFile?: (scope: CallScope, id: string) => Promise<void>;
}
