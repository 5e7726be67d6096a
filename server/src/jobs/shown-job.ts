import { errorCodes, isErrorCode, isPlainObject, withoutUndefined, type JobReply } from '@heddle/core';
import { ownerOfJob } from '../auth/rights/owner-of-job.js';
import type { ProjectView } from '../auth/rights/project-view.js';

/**
 * A job as a viewer may see it; undefined if they may not see its subject. Only those who may change a collection see the names of imported
 * documents, because others may not read all of them.
 */
export function shownJob(view: ProjectView, job: JobReply): JobReply | undefined {
  const owner = ownerOfJob[job.kind];
  if (!view.shows(owner, owner === 'job' ? job.jobId : job.subject)) return undefined;
  return owner !== 'collection' || view.mayChange(owner, job.subject) ? job : withoutDocuments(job);
}

function withoutDocuments({ progress, result, error, ...job }: JobReply): JobReply {
  const { recent: _recent, current: _current, ...counts } = progress;
  return withoutUndefined({
    ...job,
    progress: counts,
    error: withoutDetails(error),
    result: isPlainObject(result) && 'failures' in result ? { ...result, failures: [] } : result,
  });
}

/** The error by its code alone: the message and details may name a document. */
function withoutDetails(error: JobReply['error']): JobReply['error'] {
  if (error === undefined) return undefined;
  const { code, retryable } = error;
  return { code, retryable, message: isErrorCode(code) ? `${errorCodes[code].title}.` : 'The job failed.' };
}
