import type { CanaryFigures, Clock, LivePointer, StreamEvent } from '@heddle/core';
import type { Log } from '../heddle/log.js';

interface Tally {
  runs: number;
  failed: number;
  ms: number;
}

interface OpenRun {
  readonly workflowId: string;
  readonly version: number;
  readonly began: number;
}

const defaults = { maxErrorRate: 0.1, minRuns: 20 };

/** What the watch works with. */
export interface CanaryParts {
  live(workflowId: string): Promise<LivePointer | undefined>;
  setLive(workflowId: string, live: LivePointer): Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** Counts the runs of canaries, and takes one back that fails too often or is too slow: everybody gets the live version again. */
export class CanaryWatch {
  private readonly open = new Map<string, OpenRun>();
  private readonly tallies = new Map<string, Tally>();

  constructor(private readonly parts: CanaryParts) {}

  /** Hears of a run that was accepted. */
  async began(runId: string, workflowId: string, version: number): Promise<void> {
    const { canary } = (await this.parts.live(workflowId)) ?? {};
    if (canary?.version !== version) return;
    this.open.set(runId, { workflowId, version, began: this.parts.clock.now() });
  }

  /** What a canary is judged by so far. */
  figures(workflowId: string, version: number): CanaryFigures {
    const { runs, failed, ms } = this.tallies.get(`${workflowId} ${version}`) ?? { runs: 0, failed: 0, ms: 0 };
    return { runs, failed, meanMs: runs === 0 ? 0 : ms / runs };
  }

  /** Hears every event; gives the work that a run's end made, undefined for all others. */
  see(runId: string, events: readonly StreamEvent[]): Promise<void> | undefined {
    if (this.open.size === 0) return undefined;
    const end = events.find((event) => event.type === 'run-end');
    const run = end === undefined ? undefined : this.open.get(runId);
    if (end === undefined || run === undefined) return undefined;
    this.open.delete(runId);
    const key = `${run.workflowId} ${run.version}`;
    const tally = this.tallies.get(key) ?? { runs: 0, failed: 0, ms: 0 };
    this.tallies.set(key, tally);
    tally.runs += 1;
    tally.ms += end.time - run.began;
    if (end.type === 'run-end' && end.status === 'failed') tally.failed += 1;
    return this.judge(run, tally);
  }

  private async judge({ workflowId, version }: OpenRun, tally: Tally): Promise<void> {
    const live = await this.parts.live(workflowId);
    const canary = live?.canary;
    if (live === undefined || canary?.version !== version) return;
    if (tally.runs < (canary.minRuns ?? defaults.minRuns)) return;
    const errorRate = tally.failed / tally.runs;
    const meanMs = tally.ms / tally.runs;
    const isBad =
      errorRate > (canary.maxErrorRate ?? defaults.maxErrorRate) ||
      (canary.maxMeanMs !== undefined && meanMs > canary.maxMeanMs);
    if (!isBad) return;
    await this.parts.setLive(workflowId, { version: live.version });
    this.tallies.delete(`${workflowId} ${version}`);
    this.parts.log.warn({ workflowId, version, errorRate, meanMs }, 'canary taken back');
  }
}
