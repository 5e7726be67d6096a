import {
  fromErrorValue,
  HeddleError,
  JobAccepted,
  JobReply,
  type DocumentInput,
  type IngestProgress,
  type IngestReport,
  type PullProgress,
} from '@heddle/core';
import { addressOf } from '@heddle/core/api-client';
import type { Caller } from './http-call.js';
import { multipartOf, partsOfDocuments } from './multipart.js';

const pollMs = 250;

interface FollowOptions<Progress> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** Downloads a model and follows the job to its end. */
export async function downloadModel(
  { api }: Caller,
  id: string,
  options: FollowOptions<PullProgress> = {},
): Promise<void> {
  const { jobId } = await api.POST('/api/models/{id}/pull', { params: { path: { id } } });
  await followJob(api, jobId, options);
}

/** Imports documents into a collection. With `sync`, it removes the documents that are not given. */
export async function ingestDocuments(
  { api, request }: Caller,
  collection: string,
  documents: AsyncIterable<DocumentInput>,
  {
    sync,
    readers,
    ...options
  }: FollowOptions<IngestProgress> & {
    readonly sync: boolean;
    /** Who may read the documents; null means everybody. If undefined, existing lists stay as they are. */
    readonly readers?: readonly string[] | null | undefined;
  },
): Promise<IngestReport> {
  const form = multipartOf(partsOfDocuments(documents, { sync, readers }));
  const reply = await request(
    'POST',
    addressOf('/api/collections/{name}/documents', { path: { name: collection } }),
    form,
  );
  const job = await followJob(api, JobAccepted.parse(await reply.json()).jobId, options);
  return job.result as IngestReport; // The report of the server's import job.
}

/** Follows a job until it ends. The signal cancels the job. Throws the error of a failed job. */
export async function followJob<Progress>(
  api: Caller['api'],
  jobId: string,
  { signal, onProgress }: FollowOptions<Progress>,
): Promise<JobReply> {
  let isCancelled = false;
  for (;;) {
    const job = await api.GET('/api/jobs/{id}', { params: { path: { id: jobId } } });
    if (Object.keys(job.progress).length > 0) onProgress?.(job.progress as Progress); // The server reports what this kind of job reports.
    if (job.status === 'done') return job;
    if (job.status === 'failed' || job.status === 'cancelled') {
      throw job.error === undefined
        ? new HeddleError('aborted', `The job was ${job.status}.`)
        : fromErrorValue(job.error);
    }
    if (signal?.aborted === true && !isCancelled) {
      isCancelled = true;
      await api.POST('/api/jobs/{id}/cancel', { params: { path: { id: jobId } } });
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
