import { removableRun } from '@heddle/adapters/stores';
import { isTerminal, type Audit, type AuditActor } from '@heddle/core';
import { Inject, Injectable } from '@nestjs/common';
import { AUDIT } from '../../audit/audit-token.js';
import { Deletions, goneForGood } from '../../deletions/deletions.js';
import { notifyRemovedRuns } from '../../live/notify-removed.js';
import { TopicHub } from '../../live/topic-hub.js';
import { STORAGE, type Storage } from '../../storage/storage.js';
import { RunService } from '../run.service.js';
import { stillNeeded } from './still-needed.js';

/** Removes runs that have ended, at once or after a few seconds during which they can be restored. */
@Injectable()
export class RunRemoval {
  constructor(
    private readonly runs: RunService,
    private readonly topics: TopicHub,
    private readonly deletions: Deletions,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(AUDIT) private readonly audit: Audit,
  ) {}

  /**
   * Removes a run with its inputs, results and records, and notifies watchers of lists. A hidden run that could still be restored is
   * removed too.
   *
   * Errors: `run_not_found`, `run_unfinished`, `storage_*`.
   */
  async remove(runId: string, by: AuditActor): Promise<void> {
    this.storage.check();
    const hidden = this.deletions.find('run', runId);
    if (hidden !== undefined) return this.deletions.finish(hidden);
    // Read before the removal, because the summary decides who is notified.
    const summary = this.topics.isWatched('runs') ? await this.runs.summary(runId) : undefined;
    const event = { kind: 'erase', ...by, subject: `run:${runId}`, details: { step: 'run removed' } } as const;
    await this.storage.removeRuns(
      [runId],
      (why) => stillNeeded(runId, why),
      (writes) => this.audit.commit(event, writes),
    );
    if (summary !== undefined) notifyRemovedRuns(this.topics, [summary]);
  }

  /**
   * Deletes the stored request of the caller from a run that has ended, so that its channel can no longer show it. The run stays.
   *
   * Errors: `run_not_found`, `run_unfinished`, `storage_*`.
   */
  async forgetAsked(runId: string, by: AuditActor): Promise<void> {
    this.storage.check();
    if (!isTerminal((await this.runs.summary(runId)).status)) throw stillNeeded(runId, 'unfinished');
    const event = { kind: 'erase', ...by, subject: `run:${runId}`, details: { step: 'response deleted' } } as const;
    await this.storage.forgetAsked(runId, (writes) => this.audit.commit(event, writes));
  }

  /** Hides a run, which is removed after a few seconds unless it is restored. Errors: as `remove`. */
  async removeForNow(runId: string, by: AuditActor): Promise<void> {
    this.storage.check();
    const summary = await this.runs.summary(runId);
    const deletion = { kind: 'run', within: '', id: runId, who: by.who, project: by.project } as const;
    const guards = removableRun(runId, (why) => stillNeeded(runId, why));
    await this.deletions.begin(deletion, guards);
    notifyRemovedRuns(this.topics, [summary]);
  }

  /** Restores a run that was hidden a few seconds ago. Errors: `not_found`, `storage_*`. */
  async restore(runId: string, by: AuditActor): Promise<void> {
    this.storage.check();
    if (!(await this.deletions.restore('run', runId, by))) throw goneForGood('The run');
    this.topics.changed('runs', runId, () => this.runs.summary(runId));
  }
}
