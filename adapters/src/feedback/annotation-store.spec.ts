import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CreateQueueRequest, type AnnotationStore, type NewItem } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createAnnotationStore } from './annotation-store.js';
import { createFeedbackStore } from './feedback-store.js';

const queue = CreateQueueRequest.parse({ name: 'Clear?', rubric: { hasText: true } });
const item = (run: string, more: Partial<NewItem> = {}): NewItem => ({
  ...{ runs: [run], needed: 1, label: 'internal', workflow: 'w', subject: 'user:s', batches: [] },
  ...more,
});
const said = { scores: {}, text: 'Fine', isSkipped: false };
const skipped = { scores: {}, isSkipped: true };

describe('the annotation store', () => {
  let folder: string;
  let database: HeddleDatabase;
  let store: AnnotationStore;
  let id: string;
  let clock: ReturnType<typeof createFakeClock>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-'));
    database = openDatabase(join(folder, 'heddle.db'));
    clock = createFakeClock();
    store = createAnnotationStore(database, clock);
    ({ id } = store.create(queue, 'default'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const next = (who: string, ms = 1_000): string | undefined => store.next(id, who, clock.now() + ms)?.runs[0];
  const numberOf = (who: string): number => store.next(id, who, clock.now() + 1_000)?.item ?? 0;

  it('gives two people different items, and a person the same one until they say something', () => {
    expect(store.add(id, [item('a'), item('b'), item('a')])).toBe(2);
    expect([next('ada'), next('ada'), next('bob'), next('eve')]).toEqual(['a', 'a', 'b', undefined]);
    store.annotate(id, numberOf('ada'), 'ada', said);
    expect(next('ada')).toBeUndefined();
    expect(store.progress(id, 'eve')).toEqual({ items: 2, done: 1, open: 0 });
    store.annotate(id, numberOf('bob'), 'bob', said);
    expect(store.progress(id, 'eve')).toEqual({ items: 2, done: 2, open: 0 });
    expect(store.annotations(id)).toMatchObject([
      { runs: ['a'], who: 'ada', text: 'Fine' },
      { runs: ['b'], who: 'bob' },
    ]);
  });

  it('gives an item to another person when the time is over, and refuses the first one only then', async () => {
    store.add(id, [item('a')]);
    const number = numberOf('ada');
    await clock.advance(2_000);
    expect(next('bob')).toBe('a');
    expect(() => store.annotate(id, number, 'ada', said)).toThrow('Your time for this item is over');
    await clock.advance(2_000);
    // Bob's claim has expired too, so Ada's answer counts.
    store.annotate(id, number, 'ada', said);
    expect(next('bob')).toBeUndefined();
    // What was said can be changed.
    store.annotate(id, number, 'ada', { ...said, text: 'Better' });
    expect(store.annotations(id)).toMatchObject([{ text: 'Better' }]);
  });

  it('gives an item to two people where it needs two, and never twice to one', () => {
    store.add(id, [item('a', { needed: 2 })]);
    expect([next('ada'), next('bob'), next('eve')]).toEqual(['a', 'a', undefined]);
    store.annotate(id, numberOf('ada'), 'ada', said);
    expect(next('ada')).toBeUndefined();
    expect(next('eve')).toBeUndefined();
    store.annotate(id, numberOf('bob'), 'bob', skipped);
    // A skipped item is offered to the next person.
    expect(next('bob')).toBeUndefined();
    expect(next('eve')).toBe('a');
    expect(store.progress(id, 'eve')).toEqual({ items: 1, done: 0, open: 1 });
  });

  it('takes back the last annotation of a person, and gives its item again', () => {
    store.add(id, [item('a'), item('b')]);
    expect(store.undo(id, 'ada', 1)).toBeUndefined();
    store.annotate(id, numberOf('ada'), 'ada', said);
    expect(next('ada')).toBe('b');
    expect(store.undo(id, 'ada', clock.now() + 1_000)?.runs).toEqual(['a']);
    expect(next('ada')).toBe('a');
    // The item that they had is free again.
    expect(next('bob')).toBe('b');
    expect(store.annotations(id)).toEqual([]);
  });

  it('loses texts with the values of a run, and items with the run, a conversation or a person', () => {
    const runs = ['a', 'b', 'c', 'd'];
    store.add(id, [
      item('a'),
      item('b', { batches: ['x'] }),
      item('c', { subject: 'end-user:ada' }),
      item('d', { runs: ['d', 'e'] }),
    ]);
    for (const who of runs) store.annotate(id, numberOf(who), who, { ...said, correction: 'No' });
    const insert = database.connection.prepare(
      `INSERT INTO runs (id, workflow_name, status, run_trigger, root_id, accepted_at, bundle, acceptance) VALUES (?, '', 'done', 'api', '', 0, 'h', '')`,
    );
    database.connection.exec("INSERT INTO bundles (hash, content) VALUES ('h', '')");
    for (const run of ['a', 'e']) insert.run(run);
    database.connection.exec("UPDATE runs SET values_removed_at = 1 WHERE id = 'a'");
    const [first] = store.annotations(id);
    expect(first).toMatchObject({ runs: ['a'] });
    expect([first?.text, first?.correction]).toEqual([undefined, undefined]);
    database.connection.exec("DELETE FROM runs WHERE id = 'e'");
    database.connection.exec("INSERT INTO conversation_batches (conversation, batch) VALUES (1, 'x')");
    database.connection.exec('DELETE FROM conversation_batches');
    createFeedbackStore(database, clock).erase({ projects: ['default'], subject: 'end-user:ada' });
    expect(store.annotations(id).map(({ runs: [run] }) => run)).toEqual(['a']);
    createFeedbackStore(database, clock).erase({ projects: ['default'], subject: 'a' });
    expect(store.annotations(id)).toEqual([]);
  });

  it('is changed and deleted with all that is in it', () => {
    store.add(id, [item('a')]);
    store.annotate(id, numberOf('ada'), 'ada', said);
    expect(store.change(id, { assignees: ['user:a'] })).toMatchObject({ name: 'Clear?', assignees: ['user:a'] });
    expect(store.list()).toHaveLength(1);
    store.delete(id);
    expect(() => store.get(id)).toThrow('There is no annotation queue');
    expect(database.connection.prepare('SELECT count(*) AS n FROM annotations').get()).toEqual({ n: 0 });
    expect(() => store.item(id, 1)).toThrow('has no item 1');
  });
});
