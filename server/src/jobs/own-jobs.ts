import type { JobRequest, JobService } from './job.service.js';
import { stopJob } from './recover-work.js';

/** The jobs of this process that work on things of one kind. A thing has at most one job in all processes. */
export class OwnJobs {
  private readonly jobIds = new Map<string, string>();
  private isStopping = false;

  constructor(
    private readonly jobs: Pick<JobService, 'startOnly' | 'cancel' | 'elsewhere'>,
    private readonly keyOf: (id: string) => string,
  ) {}

  /** Starts a job for a thing, unless it has one in any process, or this process stops. */
  async start(id: string, request: Pick<JobRequest, 'kind' | 'subject' | 'run'>): Promise<void> {
    if (this.isStopping || this.jobIds.has(id)) return;
    const key = this.keyOf(id);
    const mine: { jobId?: string } = {};
    const job = await this.jobs.startOnly({
      ...request,
      queue: key,
      only: key,
      cleanUp: () => {
        // After `end`, the thing may have another job.
        if (this.jobIds.get(id) === mine.jobId) this.jobIds.delete(id);
        return Promise.resolve();
      },
    });
    if (job === undefined) return;
    mine.jobId = job.jobId;
    this.jobIds.set(id, job.jobId);
  }

  /** Stops the job of a thing, in any process. */
  async end(id: string): Promise<void> {
    const own = this.jobIds.get(id);
    this.jobIds.delete(id);
    await stopJob(this.jobs, this.keyOf(id), own);
  }

  /** The id of the job that works on a thing, in any process. */
  async jobOf(id: string): Promise<string | undefined> {
    return this.jobIds.get(id) ?? this.jobs.elsewhere(this.keyOf(id));
  }

  /** Stops the jobs of this process, which starts no further one. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all([...this.jobIds.values()].map((jobId) => this.jobs.cancel(jobId)));
  }
}
