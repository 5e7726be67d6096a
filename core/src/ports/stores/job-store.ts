import type { JobReply } from '../../api/api.js';
import type { GuardedWrite } from '../database/guarded-write.js';

/**
 * Long background work that is not a run: imports, downloads, runtime installations. A job belongs to the process that created it or took
 * it over.
 */
export interface JobStore {
  /** A process that does not renew its jobs within this many milliseconds loses them; undefined if no other process uses the database. */
  readonly leaseMs: number | undefined;
  /** `work` is JSON that lets a later process continue the job. A job without it fails when its process ends (`job_interrupted`). */
  create(job: Pick<JobReply, 'kind' | 'subject'>, work?: unknown, options?: NewJobOptions): Promise<JobReply>;
  /** Returns the id of the open job with this key (see `NewJobOptions.only`) if another process owns it. */
  elsewhere(key: string): Promise<string | undefined>;
  /** Returns the keys of all processes' open jobs that start with this prefix, such as `batch:`. */
  openKeys(beginning: string): Promise<ReadonlySet<string>>;
  /** Releases the key of a job that is about to end, so that another job can use it. */
  freeKey(jobId: string): Promise<void>;
  /**
   * Ends an open job of another process; that process notices when it next renews its jobs. Returns false if the job has ended or belongs
   * to this process.
   */
  takeAway(jobId: string): Promise<boolean>;
  /** Setting `endedAt` ends the job and deletes its `work`. Errors: `job_not_found`; `conflict` if another process owns the job now. */
  update(
    jobId: string,
    change: Partial<Pick<JobReply, 'status' | 'progress' | 'result' | 'error' | 'endedAt'>>,
  ): Promise<JobReply>;
  /** Errors: `job_not_found`. */
  get(jobId: string): Promise<JobReply>;
  /** Returns all open jobs and the last `limit` ended ones, with at most `each` ended jobs of one kind and subject; newest first. */
  list(options?: { readonly limit?: number; readonly each?: number }): Promise<readonly JobReply[]>;
  /** Queues the unfinished jobs of processes that no longer exist; fails those that cannot continue. */
  settle(): Promise<void>;
  /** Calls `settle`, then takes over the queued jobs, oldest first. Each job goes to only one process. The caller starts them. */
  leftOver(): Promise<readonly AbandonedJob[]>;
  /** Queues a job so that another process can take it. Errors: `conflict` if another process owns it already. */
  letGo(jobId: string): Promise<void>;
  /** Renews the unfinished jobs of this process and returns their ids. Jobs that are not returned are lost. */
  renew(): Promise<ReadonlySet<string>>;
  /** Resets the start count of a job because it made progress. */
  gotOn(jobId: string): Promise<void>;
}

interface NewJobOptions {
  /** A key that at most one open job of all processes has. Errors: `job_exists`. */
  readonly only?: string | undefined;
  /** Writes that the same commit runs before the job's own. Errors: those of the writes. */
  readonly first?: readonly GuardedWrite[] | undefined;
}

/** A job that an earlier process left unfinished. */
export interface AbandonedJob {
  readonly job: JobReply;
  readonly work: unknown;
  /** How often its process ended while the job was running, since the last progress. Zero for a job that only waited. */
  readonly starts: number;
}
