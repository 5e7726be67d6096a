import type { JobReply } from '../api/api.js';

/** Long work that is not a run: imports, downloads, runtime installations. */
export interface JobStore {
  /** `work` is JSON that lets a later process continue the job. A job without it fails when its process ends (`job_interrupted`). */
  create(job: Pick<JobReply, 'kind' | 'subject'>, work?: unknown): Promise<JobReply>;
  /** A job with `endedAt` has ended, and its `work` is deleted. */
  update(
    jobId: string,
    change: Partial<Pick<JobReply, 'status' | 'progress' | 'result' | 'error' | 'endedAt'>>,
  ): Promise<JobReply>;
  /** Errors: `job_not_found`. */
  get(jobId: string): Promise<JobReply>;
  list(options?: { readonly limit?: number }): Promise<readonly JobReply[]>;
  /** Unfinished jobs of an earlier process that can continue, oldest first. The caller starts them; this counts as a start for a job that had already started. */
  leftOver(): Promise<readonly LeftJob[]>;
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
