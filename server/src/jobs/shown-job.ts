import { isPlainObject, withoutUndefined, type JobReply } from '@heddle/core';
import { ownerOfJob } from '../auth/rights/owner-of-job.js';
import type { ProjectView } from '../auth/rights/project-view.js';

/**
 * A job as its watchers see it: undefined where they do not see what it works for. The documents of an import are named to those who may change the
 * collection only, because others may not read each of them.
 */
export function shownJob(view: ProjectView, job: JobReply): JobReply | undefined {
  const owner = ownerOfJob[job.kind];
  if (!view.shows(owner, owner === 'job' ? job.jobId : job.subject)) return undefined;
  return owner !== 'collection' || view.mayChange(owner, job.subject) ? job : withoutDocuments(job);
}

function withoutDocuments({ progress, result, ...job }: JobReply): JobReply {
  const { recent: _recent, current: _current, ...counts } = progress;
  return withoutUndefined({
    ...job,
    progress: counts,
    result: isPlainObject(result) && 'failures' in result ? { ...result, failures: [] } : result,
  });
}
