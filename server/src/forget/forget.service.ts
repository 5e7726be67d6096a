import type { HeddleAudit } from '@heddle/adapters/audit';
import { HeddleError, type ForgottenCounts, type ForgottenReply, type Principal } from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { ContentKeeper } from '../audit/content-keeper.js';
import type { ConversationService } from '../conversations/conversation.service.js';
import type { FactService } from '../conversations/fact.service.js';
import type { Deletions } from '../deletions/deletions.js';
import type { Storage } from '../storage/storage.js';

/** Runs that are erased in one transaction. */
const atOnce = 100;
/** How often new runs are looked for: the person may start some during the erasure. */
const mostRounds = 10;

/** What an erasure does not reach. */
const remains: readonly string[] = [
  'Earlier backups hold all of it until they are removed.',
  'The audit log keeps who did what and when: with the name of the person, without contents.',
  'Counts, times and costs of the runs stay in dashboards and in the spend.',
  'An account stays until it is disabled. Groups and lists of readers go on naming the person, and files that no run of theirs used stay.',
  'Other systems keep what a workflow sent to them.',
];

export interface ForgetParts {
  readonly audit: HeddleAudit;
  readonly storage: Storage;
  readonly contents: Pick<ContentKeeper, 'flush'>;
  readonly deletions: Deletions;
  readonly conversations: Pick<ConversationService, 'eraseSubject'>;
  readonly facts: Pick<FactService, 'eraseSubject'>;
  /** Ends and removes the batches of a subject, before their runs. Returns the number of rows. */
  readonly eraseBatches: (subject: string, who: Pick<Principal, 'id'>) => Promise<number>;
  /** Ends a run, and waits for its end. */
  readonly endRun: (runId: string) => Promise<void>;
}

/**
 * Erases a person in one step: conversations, facts, feedback, runs with their values, contents of model calls, originals of uploads, cached
 * results, batches, and rows and scores made from the runs. After a crash, repeat it: it skips what is erased.
 */
export class ForgetService {
  private isAtWork = false;

  constructor(private readonly parts: ForgetParts) {}

  /** Errors: `conflict` while another person is being forgotten, `storage_*`. */
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
    // Its files are removed when no row of the person names them any more.
    const files = new Set(people.filesOfSubject(subject));
    const names = people.eraseNames(subject);
    const erased = await this.eraseRuns(who, subject, files);
    const traces = erased.traces + names + rows;
    const counts: ForgottenCounts = { ...said, ...noted, ...erased, traces, ended };
    await audit.write({ kind: 'erase', who, subject: 'person', details: { step: 'person forgotten', ...counts } });
    people.rewrite();
    return { erased: counts, remains: [...remains] };
  }

  /** Ends unfinished runs, and makes deletions final that could be undone. */
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

  private async eraseRuns(
    who: string,
    subject: string,
    files: Set<string>,
  ): Promise<Pick<ForgottenCounts, 'runs' | 'contents' | 'files' | 'cachedResults' | 'traces'>> {
    const { audit, storage, contents } = this.parts;
    const { people } = storage;
    const sum = { runs: 0, contents: 0, cachedResults: 0, traces: 0 };
    contents.flush();
    const ids = ((await people?.runsOf(subject)) ?? []).map(({ runId }) => runId);
    for (let start = 0; start < ids.length; start += atOnce) {
      const some = ids.slice(start, start + atOnce);
      for (const id of people?.filesOf(some) ?? []) files.add(id);
      const done = await audit.write(
        ({ runs, texts, traces }) => ({
          ...{ kind: 'erase', who, subject: 'person' },
          details: { step: 'runs of a person', runs, contents: texts, traces },
        }),
        () => this.eraseSome(some),
      );
      sum.runs += done.runs;
      sum.contents += done.texts;
      sum.cachedResults += done.cachedResults;
      sum.traces += done.traces;
      await yieldToEventLoop();
    }
    return { ...sum, files: (await people?.removeFiles(files)) ?? 0 };
  }

  private eraseSome(ids: readonly string[]) {
    const { audit, storage } = this.parts;
    let runs = 0;
    const { traces = 0, cachedResults = 0 } =
      storage.people?.erase(ids, (runId) => {
        // A run that begins during the erasure stays; the next round finds it.
        if (storage.removeRun(runId) === 'removed') runs += 1;
      }) ?? {};
    const texts = ids.reduce((count, runId) => count + (audit.content?.erase({ runId }) ?? 0), 0);
    return { runs, texts, traces, cachedResults };
  }
}
