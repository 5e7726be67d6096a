import type { Journal, RunExcerpt, Tables } from '@heddle/core';
import { acceptanceOf, appendTo, bundleNamed, labelled, records } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothJournals, type TestedJournals } from '../../testing/both-journals.js';
import { createExcerptStore, type ExcerptStore } from './run-excerpts.js';

describe.each(bothJournals)('the first words of runs in %s', (_name, open) => {
  let opened: TestedJournals;
  let journal: Journal;
  let tables: Tables;
  let store: ExcerptStore;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    tables = fresh.tables;
    store = createExcerptStore(tables);
    journal = fresh.journalWith([]);
  });
  afterEach(() => journal.close());

  const asked = async (runId: string, question: string): Promise<void> => {
    await journal.accept(acceptanceOf(runId, { inputs: { question: labelled(question) } }), bundleNamed('A'));
    await appendTo(journal, runId, [records.runStart()]);
  };
  const answered = (runId: string, answer: string): Promise<number> =>
    appendTo(journal, runId, [{ type: 'run-end', time: 2_000, status: 'done', outputs: { answer: labelled(answer) } }]);
  const stored = (runId: string) =>
    tables.get<Record<'question' | 'answer', string | null>>('SELECT question, answer FROM runs WHERE id = @runId', {
      runId,
    });
  const textsOf = (excerpt: RunExcerpt | undefined) => [excerpt?.question.text, excerpt?.answer?.text];

  it('are the question while a run works, and are stored with the answer once it has ended', async () => {
    await asked('r', 'How  long?\u0000');
    expect(textsOf(await store.of('r'))).toEqual(['How long?', undefined]);
    expect(await stored('r')).toEqual({ question: null, answer: null });
    await answered('r', 'A year.');
    const excerpt = await store.of('r');
    expect(textsOf(excerpt)).toEqual(['How long?', 'A year.']);
    expect(await stored('r')).toEqual({
      question: JSON.stringify(excerpt?.question),
      answer: JSON.stringify(excerpt?.answer),
    });
    await tables.commit([{ sql: "UPDATE records SET body = '{}'", values: {} }]);
    expect(await store.of('r')).toEqual(excerpt);
    expect(await store.of('none')).toBeUndefined();
  });

  it('are those of the requested run and its last end, and are missing for a run with neither', async () => {
    await asked('r', 'One?');
    await asked('s', 'Two?');
    await journal.accept(acceptanceOf('empty', { inputs: {} }), bundleNamed('A'));
    await answered('r', '1');
    await answered('s', '2');
    expect((await Promise.all(['r', 's', 'empty'].map((id) => store.of(id)))).map(textsOf)).toEqual([
      ['One?', '1'],
      ['Two?', '2'],
      ['', undefined],
    ]);
  });

  it('are deleted with the values of the run, even during a read', async () => {
    for (let round = 0; round < 5; round += 1) {
      const run = `r${round}`;
      await asked(run, 'Secret?');
      await answered(run, 'Yes.');
      if (round % 2 === 0) await store.of(run);
      const remove = { sql: 'UPDATE runs SET values_removed_at = 1 WHERE id = @run', values: { run } };
      await Promise.all([store.of(run), tables.commit([remove]), store.of(run)]);
      expect(await stored(run)).toEqual({ question: null, answer: null });
      expect(await store.of(run)).toBeUndefined();
    }
  });
});
