import type { HeddleError, RunEventOf } from '@heddle/core';
import type { RunOutcome } from '../host.js';
import type { Outbox } from './outbox.js';
import type { RunClock } from '../timing/run-clock.js';

/** The state of a run as a whole in this process. */
export class RunStatus {
  /** Set when the run leaves memory. */
  outcome: RunOutcome | undefined;
  /** Whether the last record of the run has been written. */
  isEnding = false;
  /** Whether the run is suspended and nothing has woken it yet. */
  isDormant = false;
  /** Whether a resumed run has already waited one tick of the event loop for an answer. */
  hasLingered = false;
  /** Whether the run was recovered after a crash and none of its nodes has started since. */
  isRecovering = false;
  /** Set until the acceptance is on the disk. If it rejects, everything that waits for it fails. */
  stored: Promise<unknown> | undefined;
  /** Failed attempts to write to the journal since the last success. */
  journalTries = 0;
  /** Why the last attempt failed. */
  journalError: HeddleError | undefined;
  /** Why the run stopped writing to the journal. */
  lost: HeddleError | undefined;
  private readonly clock: RunClock;
  private readonly outbox: Outbox;

  constructor(clock: RunClock, outbox: Outbox, stored: Promise<unknown> | undefined) {
    this.clock = clock;
    this.outbox = outbox;
    this.stored = stored;
    stored?.then(
      () => (this.stored = undefined),
      () => undefined, // Everything that waits for it fails.
    );
  }

  /** Records why a suspended run continues. Only the first call after the suspension counts. */
  noteResumed(reason: RunEventOf<'run-resume'>['reason']): void {
    if (!this.isDormant) return;
    this.isDormant = false;
    this.outbox.add({ type: 'run-resume', time: this.clock.now(), reason });
  }

  noteJournalWorks(): void {
    this.journalTries = 0;
    this.journalError = undefined;
  }
}
