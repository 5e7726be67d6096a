import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CreateQueueRequest,
  type AnnotationRequest,
  type AnnotationStore,
  type NewItem,
  type Tables,
} from '@heddle/core';
import { acceptanceOf, bundleNamed, createFakeClock } from '@heddle/core/testing';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { createAnnotationStore } from './annotation-store.js';
import { createFeedbackStore } from './feedback-store.js';

const queue = CreateQueueRequest.parse({ name: 'Clear?', rubric: { hasText: true } });
const item = (run: string, more: Partial<NewItem> = {}): NewItem => ({
  runs: [run],
  needed: 1,
  label: 'internal',
  workflow: 'w',
  subject: 'user:s',
  batches: [],
  ...more,
});
const said = { scores: {}, text: 'Fine', isSkipped: false };
const skipped = { scores: {}, isSkipped: true };

describe.each(bothJournals)('an annotation queue in %s', (_name, open) => {
  let opened: TestedJournals;
  let tables: Tables;
  let store: AnnotationStore;
  let accept: (id: string) => Promise<void>;
  let id: string;
  let clock: ReturnType<typeof createFakeClock>;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    tables = fresh.tables;
    clock = createFakeClock();
    store = createAnnotationStore(tables, clock);
    accept = async (run) => {
      const journal = fresh.journalWith([]);
      await journal.accept(acceptanceOf(run, {}), bundleNamed('W'));
      await journal.close();
    };
    const made = store.write.create(queue, 'default');
    await tables.commit(made.writes);
    ({ id } = made.queue);
  });
  const execute = (sql: string): Promise<void> => tables.commit([{ sql, values: {} }]);
  const add = async (items: readonly NewItem[]): Promise<number> => {
    const missing = await store.missing(id, items);
    await tables.commit(store.write.add(await store.get(id), missing));
    return missing.length;
  };
  const next = async (who: string, ms = 1_000): Promise<string | undefined> =>
    (await store.next(id, who, clock.now() + ms))?.runs[0];
  const numberOf = async (who: string): Promise<number> => (await store.next(id, who, clock.now() + 1_000))?.item ?? 0;
  const annotate = (number: number, who: string, said: AnnotationRequest): Promise<void> =>
    tables.commit(store.write.annotate({ queue: id, item: number, who, said }));
  const undo = async (who: string): Promise<readonly string[]> => {
    const last = await store.last(id, who);
    await tables.commit(store.write.undo(id, last?.item ?? 0, who, clock.now() + 1_000));
    return last?.runs ?? [];
  };

  it('gives two people different items, and one person the same item until it is answered', async () => {
    expect(await add([item('a'), item('b'), item('a')])).toBe(2);
    expect([await next('ada'), await next('ada'), await next('bob'), await next('eve')]).toEqual([
      'a',
      'a',
      'b',
      undefined,
    ]);
    await annotate(await numberOf('ada'), 'ada', said);
    expect(await next('ada')).toBeUndefined();
    expect(await store.progress(id, 'eve')).toEqual({ items: 2, done: 1, open: 0 });
    await annotate(await numberOf('bob'), 'bob', said);
    expect(await store.progress(id, 'eve')).toEqual({ items: 2, done: 2, open: 0 });
    expect(await store.annotations(id)).toMatchObject([
      { runs: ['a'], who: 'ada', text: 'Fine' },
      { runs: ['b'], who: 'bob' },
    ]);
  });

  it('gives an item to another person when the claim has expired, and refuses the first person only then', async () => {
    await add([item('a')]);
    const number = await numberOf('ada');
    await clock.advance(2_000);
    expect(await next('bob')).toBe('a');
    await expect(annotate(number, 'ada', said)).rejects.toThrow('Your time for this item is over');
    await clock.advance(2_000);
    // Bob's claim has expired too, so Ada's answer counts.
    await annotate(number, 'ada', said);
    expect(await next('bob')).toBeUndefined();
    // An annotation can be changed.
    await annotate(number, 'ada', { ...said, text: 'Better' });
    expect(await store.annotations(id)).toMatchObject([{ text: 'Better' }]);
  });

  it('gives an item to two people when it needs two, and never twice to one', async () => {
    await add([item('a', { needed: 2 })]);
    expect([await next('ada'), await next('bob'), await next('eve')]).toEqual(['a', 'a', undefined]);
    await annotate(await numberOf('ada'), 'ada', said);
    expect(await next('ada')).toBeUndefined();
    expect(await next('eve')).toBeUndefined();
    await annotate(await numberOf('bob'), 'bob', skipped);
    // A skipped item is offered to the next person.
    expect(await next('bob')).toBeUndefined();
    expect(await next('eve')).toBe('a');
    expect(await store.progress(id, 'eve')).toEqual({ items: 1, done: 0, open: 1 });
  });

  it('removes the last annotation of a person, and offers its item again', async () => {
    await add([item('a'), item('b')]);
    expect(await store.last(id, 'ada')).toBeUndefined();
    await annotate(await numberOf('ada'), 'ada', said);
    expect(await next('ada')).toBe('b');
    expect(await undo('ada')).toEqual(['a']);
    expect(await next('ada')).toBe('a');
    // The item of the removed annotation is free again.
    expect(await next('bob')).toBe('b');
    expect(await store.annotations(id)).toEqual([]);
  });

  it('deletes texts with the values of a run, and items with the run, a conversation or a person', async () => {
    const runs = ['a', 'b', 'c', 'd'];
    await add([
      item('a'),
      item('b', { batches: ['x'] }),
      item('c', { subject: 'end-user:ada' }),
      item('d', { runs: ['d', 'e'] }),
    ]);
    for (const who of runs) await annotate(await numberOf(who), who, { ...said, correction: 'No' });
    for (const run of ['a', 'e']) await accept(run);
    await execute("UPDATE runs SET values_removed_at = 1 WHERE id = 'a'");
    const [first] = await store.annotations(id);
    expect(first).toMatchObject({ runs: ['a'] });
    expect([first?.text, first?.correction]).toEqual([undefined, undefined]);
    await execute("DELETE FROM runs WHERE id = 'e'");
    const feedback = createFeedbackStore(tables, clock);
    await tables.commit(feedback.write.erase({ projects: ['default'], subject: 'end-user:ada' }, 0));
    expect((await store.annotations(id)).map(({ runs: [run] }) => run)).toEqual(['a', 'b']);
    await tables.commit(feedback.write.erase({ projects: ['default'], subject: 'a' }, 0));
    expect((await store.annotations(id)).map(({ runs: [run] }) => run)).toEqual(['b']);
  });

  it('gives each item to as many people as it needs when they come at the same time', async () => {
    await add([item('a'), item('b'), item('c', { needed: 2 })]);
    const people = ['ada', 'bob', 'eve', 'kim', 'max'];
    const found = await Promise.all(people.map((who) => next(who)));
    expect(found.map(String).sort()).toEqual(['a', 'b', 'c', 'c', 'undefined']);
    await Promise.allSettled(
      [store, store].map(async (one) => tables.commit(one.write.add(await one.get(id), [item('d')]))),
    );
    expect((await store.progress(id, 'eve')).items).toBe(4);
  });

  it('accepts one change at a time, and is deleted with its contents', async () => {
    await add([item('a')]);
    await annotate(await numberOf('ada'), 'ada', said);
    const one = await store.changed(id, { assignees: ['user:a'] });
    const other = await store.changed(id, { name: 'New' });
    await tables.commit(one.writes);
    expect(one.queue).toMatchObject({ name: 'Clear?', assignees: ['user:a'] });
    await expect(tables.commit(other.writes)).rejects.toMatchObject({ code: 'conflict' });
    expect(await store.list()).toMatchObject([{ id, name: 'Clear?', assignees: ['user:a'] }]);
    await tables.commit(store.write.delete(id));
    await expect(store.get(id)).rejects.toThrow('There is no annotation queue');
    await expect(tables.commit(store.write.delete(id))).rejects.toMatchObject({ code: 'not_found' });
    expect(await tables.all('SELECT 1 FROM annotations')).toEqual([]);
    await expect(store.item(id, 1)).rejects.toThrow('has no item 1');
  });

  it('is erased with what the run wrote into a conversation', async () => {
    await add([item('a'), item('b', { batches: ['x'] })]);
    const execute = (sql: string): Promise<void> => tables.commit([{ sql, values: {} }]);
    await execute("INSERT INTO conversation_batches (conversation, batch) VALUES (1, 'x')");
    await execute('DELETE FROM conversation_batches');
    expect((await store.progress(id, 'ada')).items).toBe(1);
  });
});
