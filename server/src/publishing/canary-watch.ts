import type { CanaryStore } from '@heddle/adapters/stores';
import type { CanaryFigures, Clock, LivePointer } from '@heddle/core';
import type { Log } from '../heddle/log.js';

const defaults = { maxErrorRate: 0.1, minRuns: 20 };

/** What the watch works with. */
export interface CanaryParts {
  readonly store: CanaryStore;
  live(workflowId: string): Promise<LivePointer | undefined>;
  setLive(workflowId: string, live: LivePointer): Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/**
 * Takes a canary back that fails too often or is too slow: everybody gets the live version again. The store counts; whoever dies between
 * a run that made it bad and the judgement judges at the next start.
 */
export class CanaryWatch {
  private readonly asked = new Set<string>();
  private working: Promise<void> | undefined;
  private isStopping = false;

  constructor(private readonly parts: CanaryParts) {
    // Called inside a commit: the count can be read in the next turn.
    parts.store.whenCounted((workflowId) => setImmediate(() => this.ask(workflowId)));
  }

  /** Judges every canary: what was counted before the last process ended may not have been. */
  start(): void {
    for (const { workflowId } of this.parts.store.list()) this.ask(workflowId);
  }

  /** What a canary is judged by so far; undefined where there is none. */
  figures(workflowId: string): CanaryFigures | undefined {
    return this.parts.store.get(workflowId)?.figures;
  }

  /** Judges no more; what is being judged is ended first. */
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
        this.parts.log.error({ workflowId, err }, 'a canary could not be judged');
      }
    }
  }

  private async judge(workflowId: string): Promise<void> {
    const live = await this.parts.live(workflowId);
    const counted = this.parts.store.get(workflowId);
    const canary = live?.canary;
    if (live === undefined || canary === undefined || counted?.version !== canary.version) return;
    const { runs, failed, meanMs } = counted.figures;
    if (runs < (canary.minRuns ?? defaults.minRuns)) return;
    const errorRate = failed / runs;
    const isBad =
      errorRate > (canary.maxErrorRate ?? defaults.maxErrorRate) ||
      (canary.maxMeanMs !== undefined && meanMs > canary.maxMeanMs);
    if (!isBad) return;
    const takenBack = { version: canary.version, at: this.parts.clock.now(), runs, failed, meanMs };
    await this.parts.setLive(workflowId, { version: live.version, takenBack });
    this.parts.log.warn({ workflowId, version: canary.version, errorRate, meanMs }, 'canary taken back');
  }
}
