import type { CanaryStore } from '@heddle/adapters/stores';
import type { CanaryFigures, Clock, LivePointer } from '@heddle/core';
import type { Log } from '../common/log.js';

const defaults = { maxErrorRate: 0.1, minRuns: 20 };

/**
 * Takes a canary back that fails too often or is too slow: all callers get the live version again. The store counts the results; if the
 * process dies before a judgement, the next start judges.
 */
export class CanaryWatch {
  private readonly asked = new Set<string>();
  private working: Promise<void> | undefined;
  private isStopping = false;

  constructor(
    private readonly store: CanaryStore,
    private readonly live: (workflowId: string) => Promise<LivePointer | undefined>,
    private readonly setLive: (workflowId: string, live: LivePointer) => Promise<void>,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly log: Log,
  ) {
    // Called inside a commit: the count can be read in the next tick.
    store.whenCounted((workflowId) => setImmediate(() => this.ask(workflowId)));
  }

  /** Judges every canary: results of an earlier process may not be judged yet. */
  start(): void {
    for (const { workflowId } of this.store.list()) this.ask(workflowId);
  }

  /** The results of a canary so far; undefined without a canary. */
  figures(workflowId: string): CanaryFigures | undefined {
    return this.store.get(workflowId)?.figures;
  }

  /** Stops judging, after the judgement that runs now. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.working;
  }

  private ask(workflowId: string): void {
    if (this.isStopping) return;
    this.asked.add(workflowId);
    this.working ??= this.work().finally(() => (this.working = undefined));
  }

  private async work(): Promise<void> {
    for (const workflowId of this.asked) {
      this.asked.delete(workflowId);
      try {
        await this.judge(workflowId);
      } catch (err) {
        this.log.error({ workflowId, err }, 'a canary could not be judged');
      }
    }
  }

  private async judge(workflowId: string): Promise<void> {
    const live = await this.live(workflowId);
    const counted = this.store.get(workflowId);
    const canary = live?.canary;
    if (live === undefined || canary === undefined || counted?.version !== canary.version) return;
    const { runs, failed, meanMs } = counted.figures;
    if (runs < (canary.minRuns ?? defaults.minRuns)) return;
    const errorRate = failed / runs;
    const isBad =
      errorRate > (canary.maxErrorRate ?? defaults.maxErrorRate) ||
      (canary.maxMeanMs !== undefined && meanMs > canary.maxMeanMs);
    if (!isBad) return;
    const takenBack = { version: canary.version, at: this.clock.now(), runs, failed, meanMs };
    await this.setLive(workflowId, { version: live.version, takenBack });
    this.log.warn({ workflowId, version: canary.version, errorRate, meanMs }, 'canary taken back');
  }
}
