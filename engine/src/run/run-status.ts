import type { HeddleError, RunEventOf } from '@heddle/core';
import type { RunOutcome } from '../host.js';
import type { Outbox } from './outbox.js';
import type { RunClock } from '../timing/run-clock.js';

/** How a run as a whole stands in this process. */
export class RunStatus {
  /** Set when the run leaves memory. */
  outcome: RunOutcome | undefined;
  /** The last record of the run is written. */
  isEnding = false;
  /** A suspended run that nothing has woken yet. */
  isDormant = false;
  /** A resumed run has waited a tick of the event loop for an answer. */
  hasLingered = false;
  /** The run was taken up after a crash, and none of its nodes has begun since. */
  isRecovering = false;
  /** Set while the disk does not have the acceptance yet; what waits for it fails where it rejects. */
  stored: Promise<unknown> | undefined;
  /** Failed attempts to write to the journal since the last success. */
  journalTries = 0;
  /** Why the last attempt failed. */
  journalError: HeddleError | undefined;
  /** Why the journal was given up. */
  lost: HeddleError | undefined;
  private readonly clock: RunClock;
  private readonly outbox: Outbox;

  constructor(clock: RunClock, outbox: Outbox, stored: Promise<unknown> | undefined) {
    this.clock = clock;
    this.outbox = outbox;
    this.stored = stored;
    stored?.then(
      () => (this.stored = undefined),
      () => undefined, // what waits for it fails
    );
  }

  /** The first thing that happens in a suspended run says why it goes on. */
  noteResumed(reason: RunEventOf<'run-resume'>['reason']): void {
    if (!this.isDormant) return;
    this.isDormant = false;
    this.outbox.add({ type: 'run-resume', time: this.clock.now(), reason });
  }

  /** The journal took a batch. */
  noteJournalWorks(): void {
    this.journalTries = 0;
    this.journalError = undefined;
  }
}
