import {
  HeddleError,
  type Audit,
  type AuditActor,
  type Collections,
  type JobReply,
  type ReindexComparison,
  type ReindexEstimate,
  type Reindexing,
  type ReindexQuestion,
  type ReindexRequest,
  type ReindexState,
  type SwitchIndexRequest,
} from '@heddle/core';
import { z } from 'zod';
import type { Lazy } from '../common/lazy.js';
import type { CompileService } from '../compile/compile-service.js';
import type { JobRequest, JobService } from '../jobs/job.service.js';

/** The work of a job that fills a new index, stored so that a later process can continue it. */
export const ReindexOrder = z.object({ reindex: z.literal(true) });

const dayMs = 86_400_000;
/** How often expired indexes are searched for and dropped. */
const sweepEveryMs = 3_600_000;

/** Gives a collection another embedding model, splitter or context while it serves. */
export class ReindexService {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly collections: Lazy<Collections>,
    private readonly jobs: JobService,
    private readonly compile: CompileService,
    private readonly audit: Pick<Audit, 'write'>,
    private readonly admit: (model: string) => void,
    /** Called when another index serves, whose passages differ. */
    private readonly onSwitched: (name: string) => Promise<void>,
  ) {}

  /** Starts to drop expired indexes, which only a server does. It opens no store for that. */
  start(): void {
    this.timer = setInterval(() => void this.sweep().catch(() => undefined), sweepEveryMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Errors: `collection_not_found`. */
  async state(name: string): Promise<ReindexState> {
    return (await this.reindexing(name)).state(name);
  }

  /** Creates a new index and fills it in a job. Errors: `conflict`, `model_unknown`. */
  async begin(name: string, request: ReindexRequest, by: AuditActor): Promise<JobReply> {
    const reindexing = await this.reindexing(name);
    if (request.embedding !== undefined) this.admit(request.embedding);
    return this.startJob(name, await reindexing.begin(name, request), 'reindex begun', by);
  }

  /** Estimates the cost of a new index. Errors: `model_unknown`, `model_wrong_kind`, `stopped`. */
  async estimate(name: string, request: ReindexRequest, signal: AbortSignal): Promise<ReindexEstimate> {
    const reindexing = await this.reindexing(name);
    this.admit(request.embedding ?? (await reindexing.state(name)).serving.embedding);
    return reindexing.estimate(name, request, { signal });
  }

  /**
   * Continues to fill a new index after its job was stopped or failed. Errors: `conflict` if there is no new index, or a job fills it
   * already.
   */
  async resume(name: string, by: AuditActor): Promise<JobReply> {
    const state = await (await this.reindexing(name)).state(name);
    if (state.next === undefined)
      throw new HeddleError(
        'conflict',
        `Collection '${name}' has no new index: make one with another model or splitter.`,
      );
    this.admit(state.next.info.embedding);
    if ((await this.openJobs(name)).length > 0)
      throw new HeddleError('conflict', `The new index of '${name}' is being filled already.`);
    return this.startJob(name, state, 'reindex continued', by);
  }

  private async startJob(
    name: string,
    { next }: ReindexState,
    step: 'reindex begun' | 'reindex continued',
    by: AuditActor,
  ): Promise<JobReply> {
    const job = await this.jobs.start(this.jobOf(name));
    const { embedding = '', store = '' } = next?.info ?? {};
    const details = { step, embedding, store, job: job.jobId } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
    return job;
  }

  /** The unfinished jobs that fill the new index. */
  private async openJobs(name: string): Promise<readonly JobReply[]> {
    return (await this.jobs.open()).filter(({ kind, subject }) => kind === 'reindex' && subject === name);
  }

  /** Describes how to continue a job that an earlier process left unfinished. */
  jobOf(name: string): JobRequest {
    const order: z.infer<typeof ReindexOrder> = { reindex: true };
    return {
      kind: 'reindex',
      subject: name,
      work: order,
      // A queue of its own, so that imports continue meanwhile.
      queue: `reindex ${name}`,
      run: async ({ signal, report }) => {
        const { next } = await (await this.reindexing(name)).fill(name, { signal, onProgress: report });
        const failures = (next?.failures ?? []).map((one) => ({ ...one, code: 'ingest_failed' }));
        const documents = next?.info.documents ?? 0;
        return {
          documents,
          done: documents,
          unchanged: 0,
          removed: 0,
          tokens: 0,
          failed: failures.length,
          passages: next?.info.passages ?? 0,
          failures,
        };
      },
    };
  }

  /** Errors: `conflict`, `bad_request`. */
  async compare(
    name: string,
    questions: readonly ReindexQuestion[],
    k: number,
    readers: readonly string[],
  ): Promise<ReindexComparison> {
    return (await this.reindexing(name)).compare(name, questions, k, readers);
  }

  /** Switches to the new index. `overridden` is the reason of a person who overrides the gate's refusal. Errors: `conflict`. */
  async switch(
    name: string,
    { keepDays, force }: Pick<SwitchIndexRequest, 'keepDays' | 'force'>,
    { overridden }: { readonly overridden: string | undefined },
    by: AuditActor,
  ): Promise<ReindexState> {
    const state = await (await this.reindexing(name)).switch(name, { keepMs: keepDays * dayMs, force });
    const { embedding, store } = state.serving;
    const details = { step: 'index switched', embedding, store, overridden } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
    this.compile.forget();
    await this.onSwitched(name);
    return state;
  }

  /** Errors: `conflict`. */
  async back(name: string, by: AuditActor): Promise<ReindexState> {
    const state = await (await this.reindexing(name)).back(name);
    const { embedding, store } = state.serving;
    const details = { step: 'index switched back', embedding, store } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
    this.compile.forget();
    await this.onSwitched(name);
    return state;
  }

  /** Errors: `not_found`. */
  async discard(name: string, which: 'next' | 'previous', by: AuditActor): Promise<void> {
    const reindexing = await this.reindexing(name);
    // The job would fail on a dropped index.
    if (which === 'next') for (const { jobId } of await this.openJobs(name)) await this.jobs.cancel(jobId);
    if (!(await reindexing.discard(name, which)))
      throw new HeddleError('not_found', `Collection '${name}' has no ${which} index.`, {
        details: { collection: name },
      });
    const details = { step: 'index dropped', which } as const;
    await this.audit.write({ kind: 'collection', ...by, subject: `collection:${name}`, details });
  }

  private async sweep(): Promise<void> {
    if (this.collections.isOpen) await (await this.collections.get()).reindexing?.sweep();
  }

  private async reindexing(name: string): Promise<Reindexing> {
    const collections = await this.collections.get();
    // Opening it refuses a collection that is deleted but can still be restored.
    await collections.open(name);
    if (collections.reindexing !== undefined) return collections.reindexing;
    throw new HeddleError('resource_unavailable', `Collection '${name}' is in a store without other indexes.`);
  }
}
