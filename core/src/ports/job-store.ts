import type { JobReply } from '../api/api.js';

/** Long work that is not a run: ingest, download, runtime install. */
export interface JobStore {
  create(job: Pick<JobReply, 'kind' | 'subject'>): Promise<JobReply>;
  update(
    jobId: string,
    change: Partial<Pick<JobReply, 'status' | 'progress' | 'result' | 'error' | 'endedAt'>>,
  ): Promise<JobReply>;
  /** Errors: `job_not_found`. */
  get(jobId: string): Promise<JobReply>;
  list(options?: { readonly limit?: number }): Promise<readonly JobReply[]>;
}
