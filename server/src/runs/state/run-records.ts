import { RunEvent, type Journal, type RunRecord } from '@heddle/core';
import type { RunHub } from '../../live/run-hub.js';

/** Commits records that the server itself writes about runs, and sends them to watchers. */
export class RunRecords {
  constructor(
    private readonly journal: Journal,
    private readonly hub: RunHub,
  ) {}

  async append(runId: string, records: readonly RunRecord[]): Promise<void> {
    const first = await this.journal.append(runId, records, { isPowerSafe: true });
    this.hub.emit(
      runId,
      records.map((record, index) => RunEvent.parse({ ...record, runId, seq: first + index })),
    );
  }
}
