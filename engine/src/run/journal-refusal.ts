import { isStoreFault, toErrorValue, type HeddleError } from '@heddle/core';
import type { RunOutcome } from '../host.js';
import type { FrameCheck } from './lifecycle.js';
import type { Mailbox } from './mailbox.js';
import type { Batch, Outbox } from './outbox.js';
import type { RunClock } from '../timing/run-clock.js';
import type { RunStatus } from './run-status.js';
import type { Frame } from './run-tree.js';
import type { Stop } from './stop.js';

/** How often a batch is tried before the run leaves memory: two and a half minutes in all. */
const mostTries = 10;

interface BatchRetrying {
  readonly clock: RunClock;
  readonly mailbox: Mailbox;
  readonly outbox: Outbox;
  readonly status: RunStatus;
  /** Stops the run where it is, because nothing can be written any more. */
  loseJournal(error: HeddleError): void;
}

/**
 * Retries a batch while the store has a fault that may pass; what follows the batch waits. After any other refusal, such as a value that
 * cannot be written, and after the last attempt, the run stops where it is, and the host decides what happens to it.
 */
export function onRefusal(run: BatchRetrying, batch: Batch, error: HeddleError): void {
  const { status, outbox } = run;
  if (!isStoreFault(error) || status.journalTries >= mostTries) {
    outbox.giveUp();
    status.lost = error;
    run.loseJournal(error);
    return;
  }
  status.journalTries += 1;
  status.journalError = error;
  outbox.isWaiting = true;
  const again = (): void => {
    outbox.isWaiting = false;
    outbox.send(batch);
  };
  run.clock.afterSpan(Math.min(30_000, 250 * 2 ** status.journalTries), () => run.mailbox.command(again));
}

interface JournalLoss extends FrameCheck {
  readonly frames: ReadonlyMap<string, Frame>;
  readonly mailbox: Mailbox;
  closeNested(frame: Frame): void;
  stopFrame(frame: Frame, stop: Stop): void;
  finish(status: 'paused', details: Pick<RunOutcome, 'error'>): void;
}

/** Stops a run whose records can no longer be written. Everything that waited for a commit is released. */
export function loseJournal(run: JournalLoss, error: HeddleError): void {
  for (const frame of [...run.frames.values()]) {
    frame.committing = 0;
    if (frame.isFinished) run.closeNested(frame);
    for (const task of frame.tasks) if (task?.afterNested !== undefined) run.mailbox.outcome(task, task.afterNested);
  }
  const root = run.frames.get('');
  if (root === undefined || root.isFinished) run.finish('paused', { error: toErrorValue(error) });
  else {
    if (root.stop === undefined) run.stopFrame(root, { type: 'lost', error });
    // Stopped frames, nested ones too, may have waited only for a commit.
    for (const frame of [...run.frames.values()].reverse()) run.checkFrame(frame);
  }
}
