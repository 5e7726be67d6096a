import {
  HeddleError,
  isStoreFault,
  steadySource,
  toErrorValue,
  type AuditActor,
  type AuditEvent,
  type Clock,
  type GuardedWrite,
  type JobReply,
  type JobStore,
  type AbandonedJob,
} from '@heddle/core';
import type { Log } from '../common/log.js';
import type { TopicHub } from '../live/topic-hub.js';

export interface JobWork {
  readonly signal: AbortSignal;
  /** Reports progress, which is stored at most five times a second. */
  readonly report: (progress: Readonly<Record<string, unknown>>) => void;
}

/** Work that outlives its request. The value that it returns is the result of the job. */
export interface JobRequest {
  readonly kind: JobReply['kind'];
  readonly subject: string;
  /** Jobs of one queue run one after the other. Default: a queue for each kind. */
  readonly queue?: string;
  /** A key that only one open job in all processes may have. */
  readonly only?: string;
  /** Writes that come first in the commit that creates the job. */
  readonly first?: readonly GuardedWrite[];
  /** What a later process needs to continue the job (JSON). `resume` continues only jobs with such work. */
  readonly work?: unknown;
  run(work: JobWork): Promise<unknown>;
  /**
   * Always called at the end, even if the work never began. `closing` aborts when the process ends; a job with `work` then continues at the
   * next start.
   */
  readonly cleanUp?: (closing: AbortSignal) => Promise<void>;
}

const reportEveryMs = 200;
/** The first wait before storing the end of a job is tried again. */
const firstWaitMs = 100;
const longestWaitMs = 2_000;
/** The longest wait of a job between two tries while the store has a fault. */
const longestRestMs = 15_000;
/** How many ended jobs the list has, and how many of them for one kind and subject. */
const mostEnded = 100;
const mostOfSubject = 5;
/** After so many restarts without progress, a job counts as the cause of the crashes and is not started again. */
const usualCrashLimit = 3;

/** Runs the jobs of each queue one after the other, stores their state and publishes it on the topic `jobs`. */
export class JobService {
  private readonly tails = new Map<string, Promise<void>>();
  private readonly stops = new Map<string, AbortController>();
  private readonly closing = new AbortController();
  private stopLooking: (() => void) | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: JobStore,
    private readonly topics: TopicHub,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly audit: { write(event: AuditEvent): Promise<void> },
    /** After how many restarts without progress a job is given up; 0 means never. */
    private readonly crashLimit = usualCrashLimit,
    /** Called for each job that has ended. */
    private readonly onEnded: (jobId: string) => void = () => undefined,
  ) {}

  /**
   * Accepts a job, which starts when the previous one of its queue has ended. Errors: those of its writes; `job_exists` if an open job has
   * its key.
   */
  async start(request: JobRequest): Promise<JobReply> {
    const job = await this.create(request);
    this.queue(job, request);
    return job;
  }

  /**
   * Continues the jobs of earlier processes, as `requestOf` describes. If the store has a fault, these jobs wait for the next start, and
   * the start goes on.
   */
  async resume(requestOf: (left: AbandonedJob) => JobRequest): Promise<void> {
    this.checkLater(requestOf);
    await this.resumeLeft(requestOf);
  }

  /** If several processes share the database: renews the jobs of this one at intervals, and takes over those of dead processes. */
  private checkLater(requestOf: (left: AbandonedJob) => JobRequest): void {
    const { leaseMs } = this.store;
    if (leaseMs === undefined || this.closing.signal.aborted) return;
    const time = steadySource(this.clock);
    this.stopLooking = time.at(time.now() + leaseMs / 3, () => {
      this.looking = this.checkJobs(requestOf)
        .catch((err: unknown) => this.log.error({ err }, 'the jobs of this process could not be renewed'))
        .then(() => this.checkLater(requestOf));
    });
  }

  private async checkJobs(requestOf: (left: AbandonedJob) => JobRequest): Promise<void> {
    const before = [...this.stops];
    const mine = await this.store.renew();
    for (const [jobId, stop] of before) if (!mine.has(jobId)) stop.abort();
    await this.resumeLeft(requestOf);
  }

  private async resumeLeft(requestOf: (left: AbandonedJob) => JobRequest): Promise<void> {
    const found = await this.store.leftOver().catch((error: unknown) => {
      this.log.error({ err: error }, 'jobs that an earlier process left wait for the next start');
      return [];
    });
    for (const left of found) {
      const request = requestOf(left);
      const isLoop = this.crashLimit > 0 && left.starts > this.crashLimit;
      this.queue(left.job, isLoop ? { ...request, run: () => Promise.reject(crashLoop(left.starts)) } : request);
    }
  }

  private queue(job: JobReply, request: JobRequest): void {
    const stop = new AbortController();
    this.stops.set(job.jobId, stop);
    this.notify(job.jobId);
    const queue = request.queue ?? request.kind;
    const before = this.tails.get(queue) ?? Promise.resolve();
    const mine = before.then(() => this.work(job.jobId, request, stop.signal));
    this.tails.set(queue, mine);
    void mine.then(() => {
      if (this.tails.get(queue) === mine) this.tails.delete(queue);
    });
  }

  /** As `start`, but returns undefined if another process has a job with this key. */
  async startOnly(request: JobRequest & { readonly only: string }): Promise<JobReply | undefined> {
    try {
      return await this.start(request);
    } catch (error) {
      if (error instanceof HeddleError && error.code === 'job_exists') return undefined;
      throw error;
    }
  }

  private async create(request: JobRequest): Promise<JobReply> {
    const { kind, subject, work, only, first } = request;
    for (;;) {
      try {
        return await this.store.create({ kind, subject }, work, { only, first });
      } catch (error) {
        // The key belongs to the previous job of this process, whose end is not stored yet.
        const before = this.tails.get(request.queue ?? kind);
        if (before === undefined || !(error instanceof HeddleError && error.code === 'job_exists')) throw error;
        await before;
      }
    }
  }

  get(jobId: string): Promise<JobReply> {
    return this.store.get(jobId);
  }

  /** The jobs that have not ended, and the latest ended ones, limited for each kind and subject. */
  list(limit = mostEnded): Promise<readonly JobReply[]> {
    return this.store.list({ limit, each: mostOfSubject });
  }

  /** The jobs that have not ended. */
  open(): Promise<readonly JobReply[]> {
    return this.store.list({ limit: 0 });
  }

  /** Cancels a job. If a person does it (`by`), that is an audit event. Errors: `job_not_found`. */
  async cancel(jobId: string, by?: AuditActor): Promise<JobReply> {
    await this.store.get(jobId);
    const details = { step: 'cancelled' } as const;
    if (by !== undefined) await this.audit.write({ kind: 'job', ...by, subject: `job:${jobId}`, details });
    await this.stop(jobId);
    return this.store.get(jobId);
  }

  /** The id of an open job in another process that has this key. */
  elsewhere(key: string): Promise<string | undefined> {
    return this.store.elsewhere(key);
  }

  /** The keys with this prefix that open jobs in any process have. */
  openKeys(beginning: string): Promise<ReadonlySet<string>> {
    return this.store.openKeys(beginning);
  }

  private async stop(jobId: string): Promise<void> {
    const mine = this.stops.get(jobId);
    mine?.abort();
    if (mine !== undefined) await this.store.freeKey(jobId);
    else if (this.store.leaseMs !== undefined && (await this.store.takeAway(jobId))) this.notify(jobId);
  }

  /** Stops every job and waits for it. Jobs that can be continued wait for the next start. */
  async close(): Promise<void> {
    this.closing.abort();
    this.stopLooking?.();
    await this.looking;
    for (const stop of this.stops.values()) stop.abort();
    await Promise.allSettled([...this.tails.values()]);
  }

  private async work(jobId: string, request: JobRequest, signal: AbortSignal): Promise<void> {
    let reportedAt = 0;
    let latest: Readonly<Record<string, unknown>> | undefined;
    let writing: Promise<unknown> = Promise.resolve();
    let hasGotOn = false;
    const report = (progress: Readonly<Record<string, unknown>>): void => {
      const time = this.clock.now();
      latest = progress;
      if (time - reportedAt < reportEveryMs) return;
      reportedAt = time;
      latest = undefined;
      writing = this.update(jobId, { progress: { ...progress } });
      if (hasGotOn || !(Number(progress['done'] ?? progress['bytes']) > 0)) return;
      hasGotOn = true;
      void this.gotOn(jobId);
    };
    let end: Pick<JobReply, 'status' | 'result' | 'error'>;
    try {
      signal.throwIfAborted();
      await this.update(jobId, { status: 'running' });
      end = { status: 'done', result: await this.runThrough(jobId, request, { signal, report }) };
    } catch (error) {
      const isStopped = signal.aborted;
      if (isStopped && this.isLeft(request)) {
        await writing;
        return this.leave(jobId);
      }
      end = {
        status: isStopped ? 'cancelled' : 'failed',
        error: toErrorValue(error, isStopped ? 'aborted' : 'internal'),
      };
    }
    await writing;
    this.stops.delete(jobId);
    // Cleans up before the end is published, because watchers expect that nothing is left.
    if (!(await this.cleanUp(jobId, request)) && this.isLeft(request)) return this.leave(jobId);
    const progress = latest === undefined ? {} : { progress: { ...latest } };
    await this.storeEnd(jobId, { ...progress, ...end, endedAt: this.clock.now() });
    this.onEnded(jobId);
  }

  /** Whether the next start will continue the job, so that it does not end now. */
  private isLeft({ work }: JobRequest): boolean {
    return this.closing.signal.aborted && work !== undefined;
  }

  private async leave(jobId: string): Promise<void> {
    await this.store.letGo(jobId).catch((error: unknown) => {
      this.log.error({ jobId, err: error }, 'the state of a job could not be stored');
    });
    this.notify(jobId);
  }

  private async cleanUp(jobId: string, { cleanUp }: JobRequest): Promise<boolean> {
    try {
      await cleanUp?.(this.closing.signal);
      return true;
    } catch (error) {
      this.log.warn({ jobId, err: error }, 'temporary files of a job are left');
      return false;
    }
  }

  /**
   * Runs the work of a job. While the store or a vector server has a fault, a job that can be continued waits; `waits` in its progress says
   * why.
   */
  private async runThrough(jobId: string, request: JobRequest, work: JobWork): Promise<unknown> {
    const { signal, report } = work;
    const time = steadySource(this.clock);
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestRestMs)) {
      try {
        return await request.run(work);
      } catch (error) {
        if (request.work === undefined || signal.aborted || !mayPass(error)) throw error;
        this.log.warn({ jobId, err: error }, 'a job waits for the store');
        report({ waits: error.message });
        await new Promise<void>((resolve) => {
          const retry = (): void => {
            cancelTimer();
            signal.removeEventListener('abort', retry);
            resolve();
          };
          const cancelTimer = time.at(time.now() + waitMs, retry);
          signal.addEventListener('abort', retry);
        });
        signal.throwIfAborted();
      }
    }
  }

  /** Stores the end of a job, and retries while the store has a fault, because the job would otherwise seem to run for ever. */
  private async storeEnd(jobId: string, end: Parameters<JobStore['update']>[1]): Promise<void> {
    const time = steadySource(this.clock);
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
      try {
        await this.store.update(jobId, end);
        break;
      } catch (error) {
        if (error instanceof HeddleError && error.code === 'conflict') {
          this.log.info({ jobId }, 'a job ended here after another process took it');
          break;
        }
        this.log.error({ jobId, err: error }, 'the end of a job could not be stored');
        // A job without a stored end is continued by the next start.
        if (this.closing.signal.aborted || !isStoreFault(error)) break;
        await new Promise<void>((resolve) => time.at(time.now() + waitMs, resolve));
      }
    }
    this.notify(jobId);
  }

  private async update(jobId: string, change: Parameters<JobStore['update']>[1]): Promise<void> {
    try {
      await this.store.update(jobId, change);
    } catch (error) {
      // Another process has taken over the job or ended it.
      if (error instanceof HeddleError && error.code === 'conflict') this.stops.get(jobId)?.abort();
      else this.log.error({ jobId, err: error }, 'the state of a job could not be stored');
    }
    this.notify(jobId);
  }

  private async gotOn(jobId: string): Promise<void> {
    await this.store
      .gotOn(jobId)
      .catch((error: unknown) => this.log.warn({ jobId, err: error }, 'the progress of a job could not be stored'));
  }

  private notify(jobId: string): void {
    this.topics.changed('jobs', jobId, () => this.store.get(jobId));
  }
}

/** Faults of a vector server that can be temporary. */
const vectorFaults: ReadonlySet<string> = new Set(['vector_store_unreachable', 'vector_store_failed']);

/** Whether the job can continue later: its documents and its progress are stored. */
const mayPass = (error: unknown): error is HeddleError =>
  isStoreFault(error) || (error instanceof HeddleError && error.retryable && vectorFaults.has(error.code));

const crashLoop = (crashes: number): HeddleError =>
  new HeddleError(
    'job_interrupted',
    `Heddle ended ${crashes} times while this job was running and made no progress: read the log, then start it again.`,
  );
