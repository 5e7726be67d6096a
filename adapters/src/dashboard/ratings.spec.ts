import type { FeedbackEntry, Journal, RatingsSource, Tables } from '@heddle/core';
import { acceptanceOf, bundleNamed, createFakeClock } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createFeedbackStore } from '../feedback/index.js';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { createRatingsSource } from './ratings.js';

describe.each(bothJournals)('ratings of people in %s', (_name, open) => {
  let opened: TestedJournals;
  let tables: Tables;
  let ratings: RatingsSource;
  let journal: Journal;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    tables = fresh.tables;
    ratings = createRatingsSource(tables);
    journal = fresh.journalWith([]);
    const clock = createFakeClock(1_500);
    const give = (more: Partial<FeedbackEntry>): Promise<void> =>
      tables.commit(
        createFeedbackStore(tables, clock).write.give({
          runId: 'r',
          message: '',
          who: 'user:a',
          label: 'internal',
          project: 'default',
          workflow: 'w',
          subject: 'user:a',
          models: ['m', 'n'],
          batches: [],
          ...more,
        }),
      );
    await journal.accept(acceptanceOf('r', { workflowId: 'w', version: 2 }), bundleNamed('W'));
    await give({ thumb: 'up' });
    await give({ who: 'user:b', thumb: 'down', models: ['m'] });
    await give({ runId: 's', workflow: undefined, rating: 2, models: [] });
    await give({ runId: 't', comment: 'No verdict.' });
    await clock.advance(1_000);
    await give({ runId: 'u', score: 0.25 });
  });
  afterEach(() => journal.close());

  it('are counted by time, workflow, version and model', async () => {
    expect(await ratings.ratings({ from: 0, to: 2_000, step: 1_000 })).toEqual([
      { time: 1_000, workflow: '', version: 0, model: '', ratings: 1, good: 0, sum: 0.25 },
      { time: 1_000, workflow: 'w', version: 2, model: 'm', ratings: 2, good: 1, sum: 1 },
      { time: 1_000, workflow: 'w', version: 2, model: 'n', ratings: 1, good: 1, sum: 1 },
    ]);
    const later = await ratings.ratings({ from: 2_000, to: 9_000, step: 1_000, model: 'm' });
    expect(later).toEqual([{ time: 2_000, workflow: 'w', version: 0, model: 'm', ratings: 1, good: 0, sum: 0.25 }]);
  });

  it('list the runs that people rated as bad, newest first', async () => {
    const query = { from: 0, to: 9_000, workflows: ['w', ''], limit: 9 };
    expect(await ratings.badlyRated(query)).toEqual(['u', 's', 'r']);
    expect(await ratings.badlyRated({ ...query, workflows: ['w'], limit: 1 })).toEqual(['u']);
    expect(await ratings.badlyRated({ ...query, to: 2_000, workflows: [''] })).toEqual(['s']);
  });
});
