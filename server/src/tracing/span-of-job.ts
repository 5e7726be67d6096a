import type { JobReply } from '@heddle/core';
import type { Span } from './spans-of-run.js';
import { spanIds } from './trace-context.js';

/**
 * Makes the trace of a job that has ended, such as an import: one span from its acceptance to its end, even if several processes worked on
 * it.
 */
export function spanOfJob({ jobId, kind, subject, status, createdAt, endedAt, error }: JobReply): Span {
  return {
    traceId: spanIds.trace({ runId: jobId }),
    spanId: spanIds.of(jobId, 'job'),
    name: `${kind} ${subject}`,
    kind: 'internal',
    start: createdAt,
    end: endedAt ?? createdAt,
    attributes: { 'heddle.job.id': jobId, 'heddle.job.kind': kind, 'heddle.job.status': status },
    ...(error === undefined || status !== 'failed' ? {} : { error: error.code }),
  };
}
