import { HeddleError, runNotFound, type Audit, type AuditActor } from '@heddle/core';
import { Inject, Injectable } from '@nestjs/common';
import { AUDIT } from '../../audit/audit-token.js';
import { TopicHub } from '../../live/topic-hub.js';
import { STORAGE, type Storage } from '../../storage/storage.js';
import { RunService } from '../run.service.js';
import { tellRemoved } from '../../live/tell-removed.js';

/** Removes runs that have ended. */
@Injectable()
export class RunRemoval {
  constructor(
    private readonly runs: RunService,
    private readonly topics: TopicHub,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(AUDIT) private readonly audit: Audit,
  ) {}

  /**
   * Removes a run with its inputs, results and records, and notifies watchers of lists.
   *
   * Errors: `run_not_found`, `run_unfinished`, `storage_*`.
   */
  async remove(runId: string, by: AuditActor): Promise<void> {
    this.storage.check();
    // Read before: the summary decides who is notified.
    const summary = this.topics.isWatched('runs') ? await this.runs.summary(runId) : undefined;
    const event = { kind: 'erase', ...by, subject: `run:${runId}`, details: { step: 'run removed' } } as const;
    const removed = await this.audit.write(
      (outcome) => (outcome === 'removed' ? event : []),
      () => this.storage.removeRun(runId),
    );
    if (removed === 'removed') {
      if (summary !== undefined) tellRemoved(this.topics, [summary]);
      return;
    }
    if (removed === 'unknown') throw runNotFound(runId);
    throw new HeddleError(
      'run_unfinished',
      removed === 'needed'
        ? `A run that goes on from ${runId} has not ended and may still take its results: wait for it, or stop it, then delete this one.`
        : `The run ${runId} has not ended: stop it first, then delete it.`,
      { details: { runId } },
    );
  }
}
