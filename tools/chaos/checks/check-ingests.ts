import { isPlainObject, type JobReply } from '@heddle/core';
import { isDeepStrictEqual } from 'node:util';
import { dueAfter } from '../disturbances.js';
import type { ClusterFacts, Disturbance, Evidence, Promised, SentDocument, Violation } from '../evidence.js';

/** The maximum milliseconds from listening until an unfinished ingest is running again. */
const claimMs = 2_000;

const prefix = 'job ';

/** Whether the subject of a violation is an ingest. */
export const isOfIngest = (runId: string): boolean => runId.startsWith(prefix);

const violationOf = (promise: Promised, jobId: string, message: string): Violation => ({
  promise,
  runId: `${prefix}${jobId}`,
  message,
});

/** Checks the promises about ingests: each accepted one ends by itself, and each of its passages is stored once and can be found. */
export function checkIngests(evidence: Evidence): Violation[] {
  const jobs = new Map(evidence.library.jobs.map((job) => [job.jobId, job]));
  return [
    ...evidence.clients.ingests.flatMap(({ jobId }) => (jobId === undefined ? [] : checkJob(jobId, jobs.get(jobId)))),
    ...checkDocuments(evidence),
    ...checkSearches(evidence),
    ...checkEmbeddings(evidence, jobs),
    ...(evidence.cluster === undefined ? checkClaims(evidence, jobs) : checkTakeOver(evidence, evidence.cluster, jobs)),
    ...checkStatuses(evidence, jobs),
  ];
}

/** G1: an accepted ingest has ended without failures. */
function checkJob(jobId: string, job: JobReply | undefined): Violation[] {
  if (job === undefined) return [violationOf('G1', jobId, 'was accepted, and is not there')];
  if (job.endedAt === undefined) return [violationOf('G1', jobId, `never ended: it is ${job.status}`)];
  const failed = isPlainObject(job.result) ? job.result['failed'] : undefined;
  return job.status === 'done' && failed === 0
    ? []
    : [violationOf('G1', jobId, `ended as ${job.status}: ${JSON.stringify(job.error ?? job.result)}`)];
}

/** G1, G2: documents are complete and stored once. A document whose ingest was not accepted may be stored or not. */
function checkDocuments({ clients, library }: Evidence): Violation[] {
  return clients.ingests.flatMap(({ jobId, documents }) => {
    const name = jobId ?? `without a reply`;
    const there = documents.map((document) => ({
      document,
      found: library.documents.filter(({ id }) => id === document.id),
    }));
    const missing = there.filter(({ found }) => found.length === 0).map(({ document }) => document.id);
    const lost =
      jobId === undefined || missing.length === 0
        ? []
        : [violationOf('G1', name, `${missing.join(', ')} are not there`)];
    const others = there.flatMap(({ document, found: [first, ...more] }) => {
      if (first === undefined) return [];
      return more.length > 0
        ? [violationOf('G2', name, `the document ${document.id} is there ${more.length + 1} times`)]
        : checkPassages(name, document, first.passages);
    });
    return [...lost, ...others];
  });
}

function checkPassages(
  name: string,
  { id, words }: SentDocument,
  passages: readonly { readonly id: string; readonly text: string }[],
): Violation[] {
  const counts = words.map((word) => passages.filter(({ text }) => new RegExp(`\\b${word}\\b`).test(text)).length);
  if (counts.some((count) => count === 0))
    return [violationOf('G1', name, `a part of the document ${id} is not there`)];
  const isOnce =
    passages.length === words.length && new Set(passages.map((passage) => passage.id)).size === passages.length;
  return isOnce && counts.every((count) => count === 1)
    ? []
    : [violationOf('G2', name, `the document ${id} of ${words.length} parts has ${passages.length} passages`)];
}

/** G1: searches find what the collection contains, and find nothing twice. */
function checkSearches({ library }: Evidence): Violation[] {
  return library.searches.flatMap(({ mode, expected, found }) =>
    isDeepStrictEqual([...expected].sort(), [...found].sort())
      ? []
      : [violationOf('G1', 'search', `${mode} search for ${expected.join(', ')} finds ${found.join(', ')}`)],
  );
}

/** G2: once a client has seen a document in the collection, or its ingest has ended, its vectors are not computed again. */
function checkEmbeddings(evidence: Evidence, jobs: ReadonlyMap<string, JobReply>): Violation[] {
  const { clients, embedded } = evidence;
  const latest = new Map<string, number>();
  for (const { text, arrivedAt } of embedded) {
    const document = /\bd[\dx]+\b/.exec(text)?.[0];
    if (document !== undefined) latest.set(document, Math.max(arrivedAt, latest.get(document) ?? 0));
  }
  const stored = new Map<string, number>();
  for (const { document, seenAt } of clients.stored)
    stored.set(document, Math.min(seenAt, stored.get(document) ?? Infinity));
  return clients.ingests.flatMap(({ jobId = '', documents }) =>
    documents.flatMap(({ id }) => {
      const since = Math.min(stored.get(id) ?? Infinity, jobs.get(jobId)?.endedAt ?? Infinity);
      const last = latest.get(id) ?? 0;
      return last > since && !isOfLostJob(last, evidence)
        ? [violationOf('G2', jobId, `${id} was embedded again after it was stored`)]
        : [];
    }),
  );
}

/**
 * Whether the time is in or after a fault that takes jobs from a process. A process that was stopped, or did not reach its database,
 * continues a job until it learns that another process has it.
 */
const isOfLostJob = (time: number, { cluster, disturbances, slowness }: Evidence): boolean =>
  cluster !== undefined &&
  disturbances.some(
    ({ kind, startedAt, endedAt }) =>
      losesJobs.has(kind) && time >= startedAt && time <= endedAt + lostJobMs(cluster) * slowness,
  );

const losesJobs: ReadonlySet<Disturbance['kind']> = new Set([
  'stop',
  'partition',
  'postgres-restart',
  'postgres-crash',
]);

/** G5: 2 s after a server listens, at least one of the ingests that it found is running or has ended. */
function checkClaims(
  { clients, lives, disturbances, slowness }: Evidence,
  jobs: ReadonlyMap<string, JobReply>,
): Violation[] {
  return lives.flatMap(({ startedAt, listeningAt, diedAt = Infinity }) => {
    if (listeningAt === undefined) return [];
    const due = dueAfter(listeningAt, claimMs * slowness, disturbances);
    const check = clients.jobs.find(({ askedAt }) => askedAt >= due && askedAt < diedAt);
    const left = clients.ingests.filter(({ jobId = '', acceptedAt }) => {
      const job = jobs.get(jobId);
      return job !== undefined && acceptedAt < startedAt && (job.endedAt ?? Infinity) > startedAt;
    });
    const statuses = left.map(({ jobId = '' }) => check?.statuses.get(jobId));
    return left.length > 0 && statuses.every((status) => status === 'queued')
      ? [
          violationOf(
            'G5',
            left[0]?.jobId ?? '',
            `was not taken up within ${(claimMs * slowness) / 1_000} s of the start at ${listeningAt}`,
          ),
        ]
      : [];
  });
}

/** In a cluster, a process keeps a job for three leases after its last heartbeat, and other processes check once in each lease. */
const leasesOfJob = 4;
/** The additional time for the queries, in milliseconds. */
const takeOverMs = 5_000;

/**
 * How long a process may still embed after it continued or reached its database again, until it learns that it lost the job: a third of the
 * job's lease.
 */
const lostJobMs = ({ leaseMs }: ClusterFacts): number => leaseMs + takeOverMs;

/** In a cluster, if ingests wait and none is running, one must run again once the lease of the lost process has ended. */
function checkTakeOver(
  { clients, disturbances, slowness }: Evidence,
  { leaseMs }: ClusterFacts,
  jobs: ReadonlyMap<string, JobReply>,
): Violation[] {
  let since: number | undefined;
  for (const { askedAt, statuses } of clients.jobs) {
    const left = [...statuses].filter(([jobId]) => (jobs.get(jobId)?.endedAt ?? Infinity) > askedAt);
    const isWaiting = left.length > 0 && left.every(([, status]) => status === 'queued');
    if (!isWaiting) since = undefined;
    else if (since === undefined) since = askedAt;
    else if (askedAt > dueAfter(since, leasesOfJob * leaseMs + takeOverMs * slowness, disturbances))
      return [
        violationOf('G5', left[0]?.[0] ?? '', `waited for ${askedAt - since} ms since ${since}, and none was at work`),
      ];
  }
  return [];
}

/** G6: the end of an ingest that a client saw is final. */
function checkStatuses({ clients }: Evidence, jobs: ReadonlyMap<string, JobReply>): Violation[] {
  const seen = new Map<string, Set<string>>();
  for (const { statuses } of clients.jobs)
    for (const [jobId, status] of statuses)
      if (status !== 'queued' && status !== 'running')
        seen.set(jobId, (seen.get(jobId) ?? new Set<string>()).add(status));
  return [...seen].flatMap(([jobId, ends]) => {
    const status = jobs.get(jobId)?.status;
    return status === undefined || (ends.size === 1 && ends.has(status))
      ? []
      : [violationOf('G6', jobId, `was seen as ${[...ends].join(', ')}, and is ${status}`)];
  });
}
