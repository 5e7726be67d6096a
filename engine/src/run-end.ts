import { toErrorValue, type Label } from '@heddle/core';
import type { Frame } from './frame.js';
import type { RunOutcome } from './host.js';
import type { Runner } from './runner.js';

/** Nothing is ready, running or being committed, and something is parked: the run leaves memory (P3). */
export function parkWhole(runner: Runner): boolean {
  const root = runner.frames.get('');
  if (
    root === undefined ||
    runner.active > 0 ||
    root.parked === 0 ||
    root.stop !== undefined ||
    root.isFinished ||
    runner.isEnding
  )
    return false;
  if (runner.outbox.isWaiting || runner.deciding.size > 0) return false;
  const until = nextDue(runner);
  const asks = [...runner.asks.values()].filter((ask) => ask.end === undefined).map((ask) => ask.askId);
  const how = { asks, ...(until === undefined ? {} : { until }) };
  if (runner.isDormant && runner.past?.status === 'parked' && !runner.hasLingered) {
    // Whoever resumed the run has a turn of the event loop to answer it.
    runner.hasLingered = true;
    runner.later(() => runner.post({ type: 'command', run: () => undefined }));
    return false;
  }
  if (runner.isDormant) {
    finish(runner, 'parked', how);
    return false;
  }
  runner.isDormant = true;
  runner.outbox.add({ type: 'run-park', time: runner.now(), ...how });
  return true;
}

function nextDue(runner: Runner): number | undefined {
  let until: number | undefined;
  for (const frame of runner.frames.values()) {
    for (const task of frame.tasks) {
      if (task?.state !== 'parked') continue;
      for (const timer of task.timers ?? []) until = until === undefined ? timer.time : Math.min(until, timer.time);
    }
  }
  return until;
}

/** Asks for cancel; `onCommitted` hears when that is written down. */
export function cancelRun(
  runner: Runner,
  by: string | undefined,
  reason: string | undefined,
  onCommitted: () => void,
): void {
  if (runner.isEnding) return;
  runner.isDormant = false;
  runner.record(
    {
      type: 'cancel-request',
      time: runner.now(),
      ...(by === undefined ? {} : { by }),
      ...(reason === undefined ? {} : { reason }),
    },
    { onCommitted },
    true,
  );
  runner.stopAll({ type: 'cancelled' });
}

export function end(runner: Runner, root: Frame): void {
  const { stop } = root;
  switch (stop?.type) {
    case undefined:
      writeEnd(runner, 'done', { outputs: root.outputs() });
      return;
    case 'failed':
      writeEnd(runner, 'failed', { error: toErrorValue(stop.error, 'node_failed', stop.path) }, stop.label);
      return;
    case 'cancelled':
    case 'aborted':
      writeEnd(runner, 'cancelled', {});
      return;
    case 'held': {
      const { reason } = stop;
      runner.isEnding = true;
      runner.outbox.add(
        { type: 'run-held', time: runner.now(), reason },
        { onCommitted: () => finish(runner, 'held', {}) },
        true,
      );
      return;
    }
    case 'released':
      finish(runner, 'released', {});
      return;
    case 'lost':
      finish(runner, 'held', { error: toErrorValue(stop.error) });
      return;
  }
}

export function writeEnd(
  runner: Runner,
  status: 'done' | 'failed' | 'cancelled',
  how: Pick<RunOutcome, 'outputs' | 'error'>,
  label?: Label,
): void {
  if (runner.lost !== undefined) {
    finish(runner, 'held', { error: toErrorValue(runner.lost) });
    return;
  }
  runner.isEnding = true;
  const { outputs, error } = how;
  runner.outbox.add(
    {
      type: 'run-end',
      time: runner.now(),
      status,
      ...(outputs === undefined ? {} : { outputs: { ...outputs } }),
      ...(error === undefined ? {} : { error }),
      ...(label === undefined ? {} : { label }),
    },
    { onCommitted: () => finish(runner, status, how) },
    true,
  );
  runner.poke();
}

export function finish(runner: Runner, status: RunOutcome['status'], how: Omit<RunOutcome, 'runId' | 'status'>): void {
  runner.outcome = { runId: runner.runId, status, ...how };
  runner.nextBeat?.cancel();
  for (const frame of runner.frames.values()) for (const task of frame.tasks) task?.cancelTimers();
  runner.poke();
}
