import type { JobReply } from '../api/api.js';

/** Long work that is not a run: imports, downloads, runtime installations. A job belongs to the process that created or took it. */
export interface JobStore {
  /** Milliseconds after which a process that does not renew its jobs loses them; undefined where no other process works on the database. */
  readonly leaseMs: number | undefined;
  /** `work` is JSON that lets a later process continue the job. A job without it fails when its process ends (`job_interrupted`). */
  create(job: Pick<JobReply, 'kind' | 'subject'>, work?: unknown): Promise<JobReply>;
  /** A job with `endedAt` has ended, and its `work` is deleted. Errors: `job_not_found`; `conflict` where another process has it now. */
  update(
    jobId: string,
    change: Partial<Pick<JobReply, 'status' | 'progress' | 'result' | 'error' | 'endedAt'>>,
  ): Promise<JobReply>;
  /** Errors: `job_not_found`. */
  get(jobId: string): Promise<JobReply>;
  list(options?: { readonly limit?: number }): Promise<readonly JobReply[]>;
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

/** A job that an earlier process left unfinished. */
export interface LeftJob {
  readonly job: JobReply;
  readonly work: unknown;
  /** How often the process ended while the job was running, since its last progress. Zero for a job that only waited for others. */
  readonly starts: number;
}
