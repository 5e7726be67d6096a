import { toErrorValue, type HeddleError, type Label } from '@heddle/core';
import { frameOutputs } from '../frames/frame-values.js';
import type { RunOutcome } from '../host.js';
import type { Outbox } from './outbox.js';
import type { RunClock } from '../timing/run-clock.js';
import type { RunStatus } from './run-status.js';
import type { Frame } from './run-tree.js';
import type { Stop } from './stop.js';

type OutcomeDetails = Omit<RunOutcome, 'runId' | 'status'>;

interface RunEnding {
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly status: RunStatus;
  /** Removes the run from memory. */
  finish(status: RunOutcome['status'], details: OutcomeDetails): void;
}

/** Requests the cancel of a run. `onCommitted` is called when the request is in the journal. */
export function cancelRun(
  run: Omit<RunEnding, 'finish'> & { stopAll(stop: Stop): void },
  {
    by,
    fault,
    reason = fault?.message,
  }: {
    readonly by?: string | undefined;
    readonly reason?: string | undefined;
    readonly fault?: HeddleError | undefined;
  },
  onCommitted: () => void,
): void {
  if (run.status.isEnding) return;
  run.status.isDormant = false;
  run.outbox.add(
    {
      type: 'cancel-request',
      time: run.clock.now(),
      by,
      reason,
      code: fault?.code,
    },
    { onCommitted },
    true,
  );
  run.stopAll({ type: 'cancelled', error: fault });
}

/** Ends a run whose outermost frame has ended, or lets it leave memory in its present state. */
export function endRun(run: RunEnding, root: Frame): void {
  const { stop } = root;
  switch (stop?.type) {
    case undefined:
      writeEnd(run, 'done', { outputs: frameOutputs(root) });
      return;
    case 'failed':
      writeEnd(run, 'failed', { error: toErrorValue(stop.error, 'node_failed', stop.path) }, stop.label);
      return;
    case 'cancelled':
      writeEnd(run, 'cancelled', stop.error === undefined ? {} : { error: toErrorValue(stop.error) });
      return;
    case 'aborted':
      writeEnd(run, 'cancelled', {});
      return;
    case 'paused': {
      const { cause, reason } = stop;
      run.status.isEnding = true;
      run.outbox.add(
        { type: 'run-pause', time: run.clock.now(), ...(cause && { cause }), reason },
        { onCommitted: () => run.finish('paused', {}) },
        true,
      );
      return;
    }
    case 'released':
      run.finish('released', {});
      return;
    case 'lost':
      run.finish('paused', { error: toErrorValue(stop.error) });
      return;
  }
}

/** Records the end of a run. The run leaves memory when the record is committed. */
export function writeEnd(
  run: RunEnding,
  status: 'done' | 'failed' | 'cancelled',
  how: Pick<RunOutcome, 'outputs' | 'error'>,
  label?: Label,
): void {
  const { lost } = run.status;
  if (lost !== undefined) {
    run.finish('paused', { error: toErrorValue(lost) });
    return;
  }
  run.status.isEnding = true;
  const { outputs, error } = how;
  run.outbox.add(
    {
      type: 'run-end',
      time: run.clock.now(),
      status,
      outputs: outputs === undefined ? undefined : { ...outputs },
      error,
      label,
    },
    { onCommitted: () => run.finish(status, how) },
    true,
  );
}
