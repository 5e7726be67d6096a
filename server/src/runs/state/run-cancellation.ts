import {
  HeddleError,
  isStoreFault,
  isTerminal,
  toErrorValue,
  type Clock,
  type Journal,
  type RunSummary,
} from '@heddle/core';
import type { CancelWish, Driver } from '../driver.js';
import type { RunRecords } from './run-records.js';
import { whileStored } from './while-stored.js';

/** Milliseconds before the end of a run is written again after a fault of the store. */
const tryAgainMs = 1_000;

/** Cancels runs, in memory or not, and ends runs that a fault prevents from continuing. */
export class RunCancellation {
  constructor(
    private readonly journal: Journal,
    private readonly driver: Driver,
    private readonly records: RunRecords,
    private readonly clock: Clock,
    /** Throws while nothing can be stored. */
    private readonly checkStorage: () => void,
  ) {}

  /** Cancels a run in any state; does nothing if it has ended. Errors: `run_not_found`, `run_terminal`. */
  cancel(runId: string, by?: string, reason?: string): Promise<RunSummary> {
    return this.end(runId, { by, reason });
  }

  /** Ends a run that cannot continue because of a fault, as soon as the journal can be written. The end names the fault. */
  async giveUp(runId: string, fault: HeddleError): Promise<void> {
    try {
      await this.end(runId, { fault });
    } catch (error) {
      if (isStoreFault(error)) setTimeout(() => void this.giveUp(runId, fault), tryAgainMs).unref();
    }
  }

  private async end(runId: string, wanted: CancelWish): Promise<RunSummary> {
    const { status } = await this.journal.summary(runId);
    if (isTerminal(status))
      throw new HeddleError(
        'run_terminal',
        `The run ${runId} has ended (${status}): nothing of it is left to cancel.`,
        { details: { status } },
      );
    try {
      const wish = { ...wanted, writeEnd: () => this.writeEnd(runId, wanted) };
      await whileStored(this.driver.cancel(runId, wish), () => this.checkStorage());
    } catch (error) {
      // The run has ended in the meantime, perhaps by another request to cancel it.
      if (!(error instanceof HeddleError) || error.code !== 'run_terminal') throw error;
    }
    return this.journal.summary(runId);
  }

  /** Ends a queued or suspended run, which has no work to abort. */
  private writeEnd(runId: string, { by, fault, reason = fault?.message }: CancelWish): Promise<void> {
    const time = this.clock.now();
    const who = by === undefined ? {} : { by };
    const why = { reason, code: fault?.code };
    return this.records.append(runId, [
      { type: 'cancel-request', time, ...who, ...why },
      { type: 'run-end', time, status: 'cancelled', error: fault === undefined ? undefined : toErrorValue(fault) },
    ]);
  }
}
