import { toErrorValue, type Clock, type JobReply, type JobStore } from '@heddle/core';
import type { Log } from '../heddle/log.js';
import type { TopicHub } from '../live/topic-hub.js';

/** What a job's work is given. */
export interface JobWork {
  readonly signal: AbortSignal;
  /** Tells how far it is; written at most five times a second. */
  readonly report: (progress: Readonly<Record<string, unknown>>) => void;
}

/** Work that outlives its request. What it gives is the job's result. */
export interface JobRequest {
  readonly kind: JobReply['kind'];
  readonly subject: string;
  /** Jobs of one queue run one after the other; default: those of a kind. */
  readonly queue?: string;
  run(work: JobWork): Promise<unknown>;
  /** Always called at the end, also where the work never began. */
  readonly cleanUp?: () => Promise<void>;
}

const reportEveryMs = 200;

/** Runs jobs one after the other within a queue, keeps their state in the job store and tells the topic `jobs`. */
export class JobService {
  private readonly tails = new Map<string, Promise<void>>();
  private readonly stops = new Map<string, AbortController>();

  constructor(
    private readonly store: JobStore,
    private readonly topics: TopicHub,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Accepts a job and begins it when the one before has ended. */
  async start(request: JobRequest): Promise<JobReply> {
    const job = await this.store.create({ kind: request.kind, subject: request.subject });
    const stop = new AbortController();
    this.stops.set(job.jobId, stop);
    this.tell(job.jobId);
    const queue = request.queue ?? request.kind;
    const before = this.tails.get(queue) ?? Promise.resolve();
    const mine = before.then(() => this.work(job.jobId, request, stop.signal));
    this.tails.set(queue, mine);
    void mine.then(() => {
      if (this.tails.get(queue) === mine) this.tails.delete(queue);
    });
    return job;
  }

  get(jobId: string): Promise<JobReply> {
    return this.store.get(jobId);
  }

  list(limit = 50): Promise<readonly JobReply[]> {
    return this.store.list({ limit });
  }

  /** Asks a job to stop. Errors: `job_not_found`. */
  async cancel(jobId: string): Promise<JobReply> {
    this.stops.get(jobId)?.abort();
    return this.store.get(jobId);
  }

  /** Stops every job and waits for it. */
  async close(): Promise<void> {
    for (const stop of this.stops.values()) stop.abort();
    await Promise.allSettled([...this.tails.values()]);
  }

  private async work(jobId: string, request: JobRequest, signal: AbortSignal): Promise<void> {
    let reportedAt = 0;
    let writing: Promise<unknown> = Promise.resolve();
    const report = (progress: Readonly<Record<string, unknown>>): void => {
      const time = this.clock.now();
      if (time - reportedAt < reportEveryMs) return;
      reportedAt = time;
      writing = this.update(jobId, { progress: { ...progress } });
    };
    let end: Pick<JobReply, 'status' | 'result' | 'error'>;
    try {
      signal.throwIfAborted();
      await this.update(jobId, { status: 'running' });
      end = { status: 'done', result: await request.run({ signal, report }) };
    } catch (error) {
      const isStopped = signal.aborted;
      end = {
        status: isStopped ? 'cancelled' : 'failed',
        error: toErrorValue(error, isStopped ? 'aborted' : 'internal'),
      };
    }
    await writing;
    this.stops.delete(jobId);
    // Before the end is told: who hears of it finds nothing left behind.
    await request
      .cleanUp?.()
      .catch((error: unknown) => this.log.warn({ jobId, err: error }, 'temporary files of a job are left'));
    await this.update(jobId, { ...end, endedAt: this.clock.now() });
  }

  private async update(jobId: string, change: Parameters<JobStore['update']>[1]): Promise<void> {
    try {
      await this.store.update(jobId, change);
    } catch (error) {
      this.log.error({ jobId, err: error }, 'the state of a job could not be stored');
    }
    this.tell(jobId);
  }

  private tell(jobId: string): void {
    this.topics.changed('jobs', jobId, () => this.store.get(jobId));
  }
}
