import { describe, expect, it } from '@jest/globals';
import type { JobReply } from '@heddle/core';
import { describeIngest, documentStates, ingestTitle } from './ingest-text.js';

const job = (change: Partial<JobReply>): JobReply => ({
  jobId: 'j',
  kind: 'ingest',
  status: 'running',
  subject: 'faq',
  progress: {},
  createdAt: 0,
  ...change,
});

describe('an import as text', () => {
  it('counts processed documents, whatever their outcome', () => {
    expect(describeIngest(job({ progress: { documents: 5, done: 2, unchanged: 1, failed: 1, passages: 9 } }))).toBe(
      '4 of 5 documents · 9 passages',
    );
    expect(describeIngest(job({ status: 'queued' }))).toContain('Queued');
    expect(describeIngest(job({ progress: { waits: 'The disk is full.' } }))).toBe(
      'Waiting for the disk: The disk is full.',
    );
    expect(
      describeIngest(
        job({ status: 'failed', error: { code: 'storage_full', message: 'The disk is full.', retryable: false } }),
      ),
    ).toBe('The disk is full.');
    expect(describeIngest(job({ progress: { documents: 'many' } }))).toBe('0 of 0 documents · 0 passages');
    expect(describeIngest(job({ progress: { documents: 1, done: 1, passages: 1 } }))).toBe(
      '1 of 1 document · 1 passage',
    );
  });

  it('says what a finished import added', () => {
    const report = { documents: 32, done: 29, unchanged: 3, failed: 0, removed: 0, passages: 260, failures: [] };
    expect(describeIngest(job({ status: 'done', result: report }))).toBe('29 documents, 3 unchanged · 260 passages');
  });

  it('does not say “Imported” when every document failed', () => {
    const report = { documents: 2, done: 0, unchanged: 0, failed: 2, removed: 0, passages: 0, failures: [] };
    const title = (change: object): string => ingestTitle(job({ status: 'done', result: { ...report, ...change } }));
    expect([title({}), title({ done: 1 }), title({ unchanged: 1 }), title({ failed: 0 })]).toEqual([
      'Nothing was imported',
      'Imported',
      'Imported',
      'Imported',
    ]);
    expect((['running', 'cancelled', 'failed'] as const).map((status) => ingestTitle(job({ status })))).toEqual([
      'Importing documents',
      'Cancelled',
      'Import failed',
    ]);
  });

  it('shows each document in its last state, including failures without progress', () => {
    const result = {
      documents: 3,
      done: 1,
      unchanged: 0,
      failed: 2,
      removed: 0,
      passages: 4,
      failures: [
        { document: 'b', code: 'x', message: 'Damaged.' },
        { document: 'c', code: 'x', message: 'Locked.' },
      ],
    };
    const states = documentStates(
      job({
        status: 'done',
        result,
        progress: {
          recent: [
            { document: 'a', stage: 'embed', passages: 4 },
            { document: 'b', stage: 'parse' },
          ],
        },
      }),
    );
    expect(states).toEqual([
      { document: 'a', stage: 'done', passages: 4 },
      { document: 'b', stage: 'failed', message: 'Damaged.' },
      { document: 'c', stage: 'failed', message: 'Locked.' },
    ]);
  });
});
