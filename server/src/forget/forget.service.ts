import type { HeddleAudit } from '@heddle/adapters/audit';
import { retryOnConflict, type CommitRemoval } from '@heddle/adapters/stores';
import { HeddleError, type ForgottenCounts, type ForgottenReply, type Principal } from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { ContentKeeper } from '../audit/content-keeper.js';
import type { ConversationService } from '../conversations/conversation.service.js';
import type { FactService } from '../conversations/fact.service.js';
import type { Deletions } from '../deletions/deletions.js';
import type { Storage } from '../storage/storage.js';

/** How many runs one transaction erases. */
const atOnce = 100;
/** How often the search for runs is repeated, because the person may start some during the erasure. */
const mostRounds = 10;

/** What an erasure does not reach, as the reply states it. */
const remains: readonly string[] = [
  'Earlier backups hold all of it until they are removed.',
  'The audit log keeps who did what and when: with the name of the person, without contents.',
  'Counts, times and costs of the runs stay in dashboards and in the spend.',
  'An account stays until it is disabled. Groups and lists of readers go on naming the person, and files that no run of theirs used stay.',
  'Other systems keep what a workflow sent to them.',
];

type ErasedRuns = Pick<ForgottenCounts, 'runs' | 'contents' | 'cachedResults' | 'traces'>;

interface ForgetParts {
  readonly audit: HeddleAudit;
  readonly storage: Storage;
  readonly contents: Pick<ContentKeeper, 'flush'>;
  readonly deletions: Deletions;
  readonly conversations: Pick<ConversationService, 'eraseSubject'>;
  readonly facts: Pick<FactService, 'eraseSubject'>;
  /** Cancels and removes the batches of a subject; must happen before their runs are erased. Returns the number of rows. */
  readonly eraseBatches: (subject: string, who: Pick<Principal, 'id'>) => Promise<number>;
  /** Cancels a run, and waits for its end. */
  readonly endRun: (runId: string) => Promise<void>;
}

/**
 * Erases a person: conversations, facts, feedback, runs with their values, contents of model calls, originals of uploads, cached results,
 * batches, and the rows and scores that were made from the runs. After a crash, it can be repeated; it skips what is already erased.
 */
export class ForgetService {
  private isAtWork = false;

  constructor(private readonly parts: ForgetParts) {}

  /** Errors: `conflict` while another person is being erased, `storage_*`. */
  async forget(caller: Pick<Principal, 'id'>, subject: string): Promise<ForgottenReply> {
    if (this.isAtWork)
      throw new HeddleError('conflict', 'Another person is being forgotten: wait until that ends, then try again.');
    this.isAtWork = true;
    try {
      return await this.erase(caller.id, subject);
    } finally {
      this.isAtWork = false;
    }
  }

  private async erase(who: string, subject: string): Promise<ForgottenReply> {
    const { audit, storage, conversations, facts, eraseBatches } = this.parts;
    const { people } = storage;
    if (people === undefined) throw new HeddleError('internal', 'This server stores no data of people.');
    storage.check();
    const rows = await eraseBatches(subject, { id: who });
    const ended = await this.endRuns(subject);
    const said = await conversations.eraseSubject(who, subject);
    const noted = await facts.eraseSubject(who, subject);
    // A file is removed only after no row of the person refers to it.
    const files = new Set(await people.filesOfSubject(subject));
    const names = await people.eraseNames(subject);
    const { late, ...erased } = await this.eraseRounds(who, subject, files);
    const traces = erased.traces + names + rows;
    const removed = await people.removeFiles(files);
    const counts: ForgottenCounts = { ...said, ...noted, ...erased, files: removed, traces, ended: ended + late };
    await audit.write({ kind: 'erase', who, subject: 'person', details: { step: 'person forgotten', ...counts } });
    people.rewrite();
    return { erased: counts, remains: [...remains, ...people.remains] };
  }

  /** Cancels unfinished runs, and finishes deletions of runs that could still be undone. Returns the number of cancelled runs. */
  private async endRuns(subject: string): Promise<number> {
    const { storage, deletions, endRun } = this.parts;
    let count = 0;
    for (let round = 0; round < mostRounds; round += 1) {
      const open = ((await storage.people?.runsOf(subject)) ?? []).filter(({ isEnded }) => !isEnded);
      if (open.length === 0) break;
      for (const { runId } of open) {
        await endRun(runId);
        count += 1;
      }
    }
    for (const deletion of deletions.list('run')) await deletions.finish(deletion);
    return count;
  }

  /** Erases the runs in rounds, because other processes may start more. `late` counts those that had to be cancelled. */
  private async eraseRounds(
    who: string,
    subject: string,
    files: Set<string>,
  ): Promise<ErasedRuns & { readonly late: number }> {
    const sum = { runs: 0, contents: 0, cachedResults: 0, traces: 0, late: 0 };
    const erased = new Set<string>();
    for (let round = 0; round < mostRounds; round += 1) {
      const runs = (await this.parts.storage.people?.runsOf(subject)) ?? [];
      if (runs.length === 0) break;
      if (round > 0) sum.late += await this.endRuns(subject);
      const ids = runs.map(({ runId }) => runId);
      for (const id of ids) erased.add(id);
      const done = await this.eraseRuns(who, ids, files);
      for (const name of ['runs', 'contents', 'cachedResults', 'traces'] as const) sum[name] += done[name];
      // The runs that stay are needed by runs of other people.
      if (done.runs === 0) break;
    }
    // Another process may have written the contents of a call after the run had ended. The last audit event counts them.
    sum.contents += await this.parts.audit.content.sweep({ runIds: [...erased] }, Number.MAX_SAFE_INTEGER);
    return sum;
  }

  private async eraseRuns(who: string, ids: readonly string[], files: Set<string>): Promise<ErasedRuns> {
    const { storage, contents } = this.parts;
    const sum = { runs: 0, contents: 0, cachedResults: 0, traces: 0 };
    await contents.flush();
    for (let start = 0; start < ids.length; start += atOnce) {
      const some = ids.slice(start, start + atOnce);
      for (const id of (await storage.people?.filesOf(some)) ?? []) files.add(id);
      const done = await untilTheyStay(() => this.eraseSome(who, some));
      for (const name of ['runs', 'contents', 'cachedResults', 'traces'] as const) sum[name] += done[name];
      await yieldToEventLoop();
    }
    return sum;
  }

  /** Erases what was made from runs, and the runs that may be removed, in one commit. */
  private async eraseSome(who: string, ids: readonly string[]): Promise<ErasedRuns> {
    const { audit, storage } = this.parts;
    const removable = await storage.removable(ids);
    let done: ErasedRuns = { runs: 0, contents: 0, cachedResults: 0, traces: 0 };
    const commit: CommitRemoval = async (writes) => {
      const erasure = await storage.people?.erasureOf(ids);
      const texts = await audit.content.erasure({ runIds: ids });
      const { traces = 0, cachedResults = 0 } = erasure ?? {};
      done = { runs: removable.length, contents: texts.texts, cachedResults, traces };
      const { runs, contents } = done;
      const details = { step: 'runs of a person', runs, contents, traces } as const;
      // The rows of the runs are needed to find what was made from them, so they are removed last.
      const all = [...(erasure?.writes ?? []), ...texts.writes, ...writes];
      await audit.commit({ kind: 'erase', who, subject: 'person', details }, all);
    };
    if (removable.length === 0) await retryOnConflict(() => commit([]));
    else await storage.removeRuns(removable, runContinued, commit);
    return done;
  }
}

const runContinued = (): HeddleError =>
  new HeddleError(
    'run_unfinished',
    'A run of the person went on at this moment: stop it, then forget the person again.',
  );

/** Repeats work that failed because a new run continues one that was to be removed, or because another process removed one. */
async function untilTheyStay<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const code = error instanceof HeddleError ? error.code : undefined;
      if (tries === mostRounds || (code !== 'run_unfinished' && code !== 'run_not_found')) throw error;
    }
  }
}
