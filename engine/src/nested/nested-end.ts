import { toErrorValue } from '@heddle/core';
import { frameOutputs } from '../frames/frame-values.js';
import type { Mailbox } from '../run/mailbox.js';
import type { Outbox } from '../run/outbox.js';
import type { NestedEnd } from '../recovery/history.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Frame, Task } from '../run/run-tree.js';
import { rejectStopped } from './nested-waits.js';

interface NestedEnding {
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly mailbox: Mailbox;
  /** Passes the end of a nested run to the execution that started it. */
  deliver(task: Task, key: string, end: NestedEnd): void;
  /** Removes the nested run from memory. */
  closeNested(frame: Frame): void;
}

/** Records how a nested run ended and continues the execution that started it. */
export function endNested(run: NestedEnding, frame: Frame): void {
  const { parent, stop } = frame;
  if (parent === undefined) return;
  const { task, key } = parent;
  if (run.outbox.isClosed || (stop !== undefined && stop.type !== 'failed')) {
    rejectStopped(run, frame);
    run.closeNested(frame);
    return;
  }
  const end: NestedEnd =
    stop === undefined
      ? { outputs: frameOutputs(frame) }
      : {
          error: toErrorValue(stop.error, 'node_failed', stop.path),
          label: stop.label,
        };
  run.outbox.add(
    { type: 'nested-end', time: run.clock.now(), path: task.path, attempt: Math.max(1, task.attempt), key, ...end },
    {
      onCommitted: () => {
        task.remembers.nested.set(key, end);
        run.deliver(task, key, end);
        run.closeNested(frame);
      },
    },
  );
}
