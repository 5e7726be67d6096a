import type { StopStore, StoredStop } from '@heddle/adapters/stores';
import { HeddleError, type Audit, type Clock, type Journal, type RunSummary, type StopReply } from '@heddle/core';
import type { RunDriver } from '../runs/run-driver.js';
import { groupOf } from '../runs/run-queue.js';
import { heldBy, stopOf } from './stop-guard.js';
import { stopTarget, stopWarnings, type StopTargets } from './stop-target.js';

/** What stops work with. */
export interface StopParts {
  readonly stops: StopStore;
  readonly audit: Audit;
  readonly journal: Journal;
  readonly driver: RunDriver;
  readonly clock: Clock;
  readonly targets: StopTargets;
}

/** Most held runs that a release looks at. */
const mostHeld = 100_000;

/** Emergency stops: on at once, also after a restart, until somebody releases them. */
export class StopService {
  constructor(private readonly parts: StopParts) {}

  list(): readonly StoredStop[] {
    return this.parts.stops.list();
  }

  /** Errors: `not_found`. */
  get(target: string): StoredStop {
    const stop = this.parts.stops.get(target);
    if (stop === undefined)
      throw new HeddleError('not_found', `There is no emergency stop '${target}': heddle stop lists what is stopped.`);
    return stop;
  }

  /**
   * Stops, and holds the runs in memory that it covers as a whole; one that uses a stopped tool or connection is held at its next
   * call of it. Gives how many were held now. Errors: `workflow_not_found`, `connection_not_found`.
   */
  async set(named: string, reason: string, who: string): Promise<StopReply> {
    const { stops, driver, journal, clock, targets } = this.parts;
    const target = await stopTarget(named, targets);
    const stop = { target, reason, who, time: clock.now() };
    await this.write(stop, { step: 'set', reason }, () => stops.set(stop));
    let runs = 0;
    for (const handle of driver.all) {
      const { workflowId } = await journal.summary(handle.runId);
      if (stopOf({ get: (name) => (name === target ? stop : undefined) }, workflowId) === undefined) continue;
      handle.hold(`${heldBy(target)} ${reason}`);
      runs += 1;
    }
    const warnings = await stopWarnings(target, targets);
    return { target, runs, ...(warnings.length === 0 ? {} : { warnings: [...warnings] }) };
  }

  /** Releases a stop: the runs that it holds go on, unless another stop covers them. Errors: `not_found`. */
  async release(named: string, who: string): Promise<StopReply> {
    const { stops, driver, targets } = this.parts;
    // What is stopped can be released, whatever has become of it since.
    const target = stops.get(named) === undefined ? await stopTarget(named, targets) : named;
    const stop = this.get(target);
    await this.write({ ...stop, who }, { step: 'released' }, () => stops.remove(target));
    const held = await this.heldRuns(target);
    const free = held.filter(({ workflowId }) => stopOf(stops, workflowId) === undefined);
    for (const summary of free) driver.enqueueResume(summary.runId, groupOf(summary));
    return { target, runs: free.length };
  }

  private async heldRuns(target: string): Promise<readonly RunSummary[]> {
    const { journal } = this.parts;
    const held: RunSummary[] = [];
    for (const summary of await journal.list({ status: ['held'], limit: mostHeld })) {
      const events = await journal.events(summary.runId, { after: Math.max(0, summary.lastSeq - 1) });
      if (events.some((event) => event.type === 'run-held' && event.reason.startsWith(heldBy(target))))
        held.push(summary);
    }
    return held;
  }

  private async write(stop: StoredStop, details: Record<string, unknown>, work: () => void): Promise<void> {
    const { audit, stops } = this.parts;
    try {
      const entry = { act: 'stop', who: stop.who, subject: stop.target, isAllowed: true, details } as const;
      await audit.write([entry], work);
    } catch (error) {
      stops.refresh();
      throw error;
    }
  }
}
