import type { JobReply } from '@heddle/core';

/** What the subject of a job is: its project is that of the job. A `job` stands for itself and belongs to the installation. */
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
