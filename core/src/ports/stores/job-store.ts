import type { JobReply } from '../../api/api.js';
import type { GuardedWrite } from '../database/guarded-write.js';

/** Long work that is not a run: imports, downloads, runtime installations. A job belongs to the process that created or took it. */
export interface JobStore {
  /** Milliseconds after which a process that does not renew its jobs loses them; undefined where no other process works on the database. */
  readonly leaseMs: number | undefined;
  /** `work` is JSON that lets a later process continue the job. A job without it fails when its process ends (`job_interrupted`). */
  create(job: Pick<JobReply, 'kind' | 'subject'>, work?: unknown, options?: NewJobOptions): Promise<JobReply>;
  /** The open job of another process that is the only one with this key. */
  elsewhere(key: string): Promise<string | undefined>;
  /** The keys of this beginning that open jobs of all processes have, such as `batch:`. */
  openKeys(beginning: string): Promise<ReadonlySet<string>>;
  /** Lets another job have the key of this one, which is about to end. */
  freeKey(jobId: string): Promise<void>;
  /** Ends an open job of another process, which finds it gone when it renews its jobs next. False where it has ended or is one of this process. */
  takeAway(jobId: string): Promise<boolean>;
  /** A job with `endedAt` has ended, and its `work` is deleted. Errors: `job_not_found`; `conflict` where another process has it now. */
  update(
    jobId: string,
    change: Partial<Pick<JobReply, 'status' | 'progress' | 'result' | 'error' | 'endedAt'>>,
  ): Promise<JobReply>;
  /** Errors: `job_not_found`. */
  get(jobId: string): Promise<JobReply>;
  /** All jobs that have not ended, and the last `limit` of those that have, `each` of a kind and subject; from the newest. */
  list(options?: { readonly limit?: number; readonly each?: number }): Promise<readonly JobReply[]>;
  /** Queues the unfinished jobs of processes that are gone, and fails those that cannot continue. */
  settle(): Promise<void>;
  /** Settles, and takes the jobs that wait for a process, oldest first. Of two processes, one gets a job. The caller starts them. */
  leftOver(): Promise<readonly LeftJob[]>;
  /** Queues a job for another process. Errors: `conflict` where another one has it already. */
  letGo(jobId: string): Promise<void>;
  /** Keeps the unfinished jobs of this process, and gives their ids: it has lost the others. */
  renew(): Promise<ReadonlySet<string>>;
  /** Resets the start count, because the job made progress. */
  gotOn(jobId: string): Promise<void>;
}

/** How a job is created. */
interface NewJobOptions {
  /** At most one job with this key is open in all processes. Errors: `job_exists`. */
  readonly only?: string | undefined;
  /** Writes before the job in its commit. Errors: theirs. */
  readonly first?: readonly GuardedWrite[] | undefined;
}

/** A job that an earlier process left unfinished. */
export interface LeftJob {
  readonly job: JobReply;
  readonly work: unknown;
  /** How often the process ended while the job was running, since its last progress. Zero for a job that only waited for others. */
  readonly starts: number;
}
