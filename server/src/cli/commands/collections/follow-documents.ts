import type { Caller } from '../../client/http-call.js';
import { followJob } from '../../client/jobs.js';
import { endProgress, showProgress } from '../../output.js';
import { untilInterrupted } from '../context.js';

interface DocumentsProgress {
  readonly documents?: number;
  readonly done?: number;
}

/** Follows a job over documents and shows its progress. Ctrl+C cancels the job. Throws the error of a failed job. */
export async function followDocuments(
  api: Caller['api'],
  jobId: string,
  textOf: (progress: DocumentsProgress) => string,
): Promise<void> {
  await untilInterrupted((signal) =>
    followJob<DocumentsProgress>(api, jobId, { signal, onProgress: (progress) => showProgress(textOf(progress)) }),
  );
  endProgress();
}

/** The progress of a job that has to do each document of a collection. */
export const doneText =
  (name: string) =>
  ({ documents = 0, done = 0 }: DocumentsProgress): string =>
    `${name}: ${done} of ${documents} documents`;
