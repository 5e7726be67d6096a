import { describe, expect, it } from '@jest/globals';
import type { ErrorValue, JobReply } from '@heddle/core';
import { clients, evidence } from '../__fixtures__/history.js';
import { checkPromises } from './check-promises.js';
import type { ClientHistory, Evidence, Library } from '../evidence.js';

const job = (more: Partial<JobReply> = {}): JobReply => ({
  jobId: 'j',
  kind: 'ingest',
  subject: 'library',
  status: 'done',
  progress: {},
  result: { failed: 0 },
  createdAt: 100,
  endedAt: 500,
  ...more,
});
const passage = (id: string, word: string) => ({
  id,
  document: 'd1',
  text: `Here stands ${word}.`,
  label: { level: 'internal' as const, marks: [] },
});
const passages = [passage('d1#1', 'w1x0'), passage('d1#2', 'w1x1')];
const documents = [{ id: 'd1', passages }];
const searches: Library['searches'] = [
  { mode: 'lexical', expected: ['d1#1', 'd1#2'], found: ['d1#2', 'd1#1'] },
  { mode: 'dense', expected: ['d1#1'], found: ['d1#1'] },
];
const sent = { jobId: 'j', acceptedAt: 110, documents: [{ id: 'd1', words: ['w1x0', 'w1x1'] }] };
const unpromised = { ...sent, jobId: undefined };
const checks = (...statuses: readonly JobReply['status'][]): ClientHistory['jobs'] =>
  statuses.map((status, index) => ({ askedAt: 3_100 + index, statuses: new Map([['j', status]]) }));

/** A history of one ingest without a violation, with the given changes. */
const ingested = (
  library: Partial<Library> = {},
  history: Partial<ClientHistory> = {},
  more: Partial<Evidence> = {},
): Evidence =>
  evidence({
    clients: clients({ ingests: [sent], stored: [{ document: 'd1', seenAt: 450 }], ...history }),
    library: { jobs: [job()], documents, searches, ...library },
    embedded: [{ text: 'Part 1 of d1', arrivedAt: 300 }],
    ...more,
  });
/** The server died during the ingest and was started again at 1,000. */
const again = {
  lives: [
    { startedAt: 0, listeningAt: 1, diedAt: 150 },
    { startedAt: 1_000, listeningAt: 1_020, diedAt: undefined },
  ],
};
const refused = (code: ErrorValue['code']) => job({ status: 'failed', error: { code, message: '', retryable: true } });
/** An ingest that failed with this code while the disk was full. */
const onFullDisk = (code: ErrorValue['code'], startedAt: number): Evidence =>
  ingested(
    { jobs: [refused(code)], documents: [], searches: [] },
    { stored: [] },
    { disturbances: [{ kind: 'full', startedAt, endedAt: startedAt + 300 }] },
  );
const late = { jobs: [job({ endedAt: 5_000 })] };

/** A cluster with leases of 1 s and these faults. */
const cluster = (disturbances: Evidence['disturbances'] = []): Partial<Evidence> => ({
  cluster: { leaseMs: 1_000 },
  disturbances,
});
const checksAt = (...times: readonly number[]): ClientHistory['jobs'] =>
  times.map((askedAt) => ({ askedAt, statuses: new Map([['j', 'queued'] as const]) }));
const ended = { jobs: [job({ endedAt: 60_000 })] };
const embeddedAgain = { embedded: [{ text: 'Part 1 of d1', arrivedAt: 2_000 }] };
const partition = { kind: 'partition', startedAt: 200, endedAt: 1_500 } as const;

describe('the checker of ingests', () => {
  it.each<readonly [string, Evidence]>([
    ['a plain ingest', ingested()],
    ['documents that were not promised', ingested({ jobs: [], documents: [] }, { ingests: [unpromised] })],
    ['documents that were stored without a promise', ingested({ jobs: [] }, { ingests: [unpromised] })],
    ['an ingest that continues after a restart', ingested(late, { jobs: checks('running', 'done') }, again)],
    [
      'vectors that were computed again, as they were not stored yet',
      ingested({}, {}, { embedded: [300, 440].map((arrivedAt) => ({ text: 'Part 1 of d1', arrivedAt })) }),
    ],
    ['an ingest that waits for the lease of its process', ingested(ended, { jobs: checksAt(1_000, 9_900) }, cluster())],
    [
      'an ingest that waits during faults',
      ingested(
        ended,
        { jobs: checksAt(1_000, 19_000) },
        cluster([{ kind: 'postgres-crash', startedAt: 5_000, endedAt: 11_000 }]),
      ),
    ],
    [
      'vectors that a process computed again before it learned that it lost the job',
      ingested({}, {}, { ...cluster([partition]), ...embeddedAgain }),
    ],
  ])('finds nothing wrong with %s', (_, history) => {
    expect(checkPromises(history)).toEqual([]);
  });

  it.each<readonly [string, string, Evidence]>([
    ['G1', 'an accepted ingest that is missing', ingested({ jobs: [] })],
    ['G1', 'an ingest that never ended', ingested({ jobs: [{ ...job({ status: 'queued' }), endedAt: undefined }] })],
    ['G1', 'an ingest that failed', ingested({ jobs: [job({ status: 'failed' })] })],
    ['G1', 'an ingest that failed while the disk was full', onFullDisk('storage_full', 300)],
    ['G1', 'an ingest that could not read a document', ingested({ jobs: [job({ result: { failed: 1 } })] })],
    ['G1', 'a document that is missing', ingested({ documents: [] })],
    ['G1', 'half a document', ingested({ documents: [{ id: 'd1', passages: passages.slice(1) }] })],
    [
      'G1',
      'half a document that was not promised',
      ingested({ jobs: [], documents: [{ id: 'd1', passages: passages.slice(1) }] }, { ingests: [unpromised] }),
    ],
    ['G1', 'a passage that is not found', ingested({ searches: [{ mode: 'dense', expected: ['d1#1'], found: [] }] })],
    [
      'G1',
      'a passage that is found twice',
      ingested({ searches: [{ mode: 'lexical', expected: ['d1#1'], found: ['d1#1', 'd1#1'] }] }),
    ],
    ['G2', 'a document that is stored twice', ingested({ documents: [...documents, ...documents] })],
    [
      'G2',
      'a passage that is stored twice',
      ingested({ documents: [{ id: 'd1', passages: [...passages, passage('d1#3', 'w1x1')] }] }),
    ],
    [
      'G2',
      'vectors of a stored document that were computed again',
      ingested({}, {}, { embedded: [{ text: 'Part 1 of d1', arrivedAt: 460 }] }),
    ],
    [
      'G2',
      'vectors that were computed after the end',
      ingested({}, { stored: [] }, { embedded: [{ text: 'Part 1 of d1', arrivedAt: 510 }] }),
    ],
    ['G5', 'an ingest that was not continued in time', ingested(late, { jobs: checks('queued', 'running') }, again)],
    [
      'G5',
      'an ingest that no process of a cluster continues',
      ingested(ended, { jobs: checksAt(1_000, 10_100) }, cluster()),
    ],
    ['G2', 'vectors that were computed again without a fault', ingested({}, {}, { ...cluster(), ...embeddedAgain })],
    ['G6', 'an end that differs from the one that a client saw', ingested({}, { jobs: checks('failed') })],
    ['G6', 'two ends', ingested({}, { jobs: checks('done', 'cancelled') })],
  ])('reports %s for %s', (promise, _, history) => {
    expect(checkPromises(history).map((violation) => violation.promise)).toContain(promise);
  });
});
