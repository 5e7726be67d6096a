import type { JobReply } from '../api/api.js';

/** Long work that is not a run: ingest, download, runtime install. */
export interface JobStore {
  /** `work`, JSON, is what a later process needs to go on with the job. A job without it fails when its process ends (`job_interrupted`). */
  create(job: Pick<JobReply, 'kind' | 'subject'>, work?: unknown): Promise<JobReply>;
  /** The end of a job (`endedAt`) is the end of its work. */
  update(
    jobId: string,
    change: Partial<Pick<JobReply, 'status' | 'progress' | 'result' | 'error' | 'endedAt'>>,
  ): Promise<JobReply>;
  /** Errors: `job_not_found`. */
  get(jobId: string): Promise<JobReply>;
  list(options?: { readonly limit?: number }): Promise<readonly JobReply[]>;
  /** Jobs that an earlier process left unfinished and that can go on, oldest first. Whoever asks begins them: for one that had begun before, it counts as a start. */
  leftOver(): Promise<readonly LeftJob[]>;
  /** The job got on: the starts before count no more. */
  gotOn(jobId: string): Promise<void>;
}

/** A job that an earlier process left. */
export interface LeftJob {
  readonly job: JobReply;
  readonly work: unknown;
  /** How often its process ended while it was at work, since it last got on. One that only waited for others has none. */
  readonly starts: number;
}
