import type { JobReply } from '@heddle/core';

/**
 * What the subject of a job is, by kind of job; the project of the subject is that of the job. `job` means that the job has no subject and
 * belongs to the installation.
 */
export const ownerOfJob = {
  ingest: 'collection',
  reindex: 'collection',
  sync: 'collection',
  graph: 'collection',
  experiment: 'experiment',
  replay: 'replay',
  questions: 'dataset',
  negatives: 'dataset',
  lab: 'dataset',
  batch: 'workflow',
  pull: 'job',
  runtime: 'job',
} as const satisfies Readonly<Record<JobReply['kind'], string>>;
