import type { RunRecord, Tables } from '@heddle/core';
import { acceptRun, type TablesSubject } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { addChannel, addWorkflow } from './__fixtures__/channel-rows.js';
import { dayMs } from './day.js';
import { Outbox } from './outbox.js';

const ended: RunRecord = { type: 'run-end', time: 9, status: 'done' };
const asked: RunRecord = {
  type: 'human-input-start',
  time: 5,
  path: 'a',
  attempt: 1,
  requestId: 'q1',
  key: 'q1',
  question: { title: 'Is this right?', schema: {} },
};

/** Adds a delivery as a commit of a run does, without the run. */
async function addDelivery(tables: Tables, id: string, nextAt: number, channel = 'w_1'): Promise<void> {
  const sql = `INSERT INTO deliveries (id, channel, run, event, status, created_at, next_at)
    VALUES (@id, @channel, 'r', 'run.done', 'waiting', 1, @nextAt)`;
  await tables.commit([{ sql, values: { id, channel, nextAt } }]);
}

describe.each(bothJournals)('messages about runs, in %s', (_name, open) => {
  let opened: TestedJournals;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());

  it('are stored with the record that they report, for the webhooks that want it', async () => {
    const fresh = await opened.reset();
    const { tables } = fresh;
    for (const id of ['w', 'v']) await addWorkflow(tables, id);
    const webhook = (id: string, events: readonly string[], workflowId = 'w') =>
      addChannel(tables, { id, kind: 'webhook', workflowId, body: { name: 'run.done', events } });
    await webhook('w_end', ['run.done', 'run.failed']);
    await webhook('w_asked', ['human-input.opened']);
    await webhook('w_other', ['run.done'], 'v');
    await webhook('w_gone', ['run.done']);
    const hide = `INSERT INTO deletions (kind, within, id, who, time) VALUES ('trigger', 'w', 'w_gone', 'local', 1)`;
    await tables.commit([{ sql: hide, values: {} }]);
    const outbox = new Outbox(tables, { now: () => 70 }, { trusted: { now: () => 80 } });
    let notified = 0;
    outbox.whenAdded(() => (notified += 1));
    const journal = fresh.journalWith([outbox.projection]);
    await acceptRun(journal, 'r', { workflowId: 'w', version: 2 });
    await journal.append('r', [{ type: 'run-start', time: 1 }, asked]);
    expect(await outbox.due(80, 9)).toMatchObject([
      { webhook: 'w_asked', runId: 'r', event: 'human-input.opened', requestId: 'q1', createdAt: 70, nextAt: 80 },
    ]);
    await journal.append('r', [ended]);
    expect(await outbox.list('w_end', 'waiting', 9)).toMatchObject([{ runId: 'r', event: 'run.done', attempts: 0 }]);
    expect([await outbox.list('w_other', undefined, 9), await outbox.list('w_gone', undefined, 9)]).toEqual([[], []]);
    expect(notified).toBeGreaterThan(1);
    await journal.close();
  });

  it('are not stored for drafts and replays', async () => {
    const fresh = await opened.reset();
    const { tables } = fresh;
    await addWorkflow(tables, 'w');
    await addChannel(tables, { id: 'w_1', kind: 'webhook', body: { events: ['run.done'] } });
    const outbox = new Outbox(tables, { now: () => 70 });
    const journal = fresh.journalWith([outbox.projection]);
    await acceptRun(journal, 'draft', { workflowId: 'w' });
    await acceptRun(journal, 'replay', { workflowId: 'w', version: 1, trigger: 'replay' });
    for (const run of ['draft', 'replay']) await journal.append(run, [{ type: 'run-start', time: 1 }, ended]);
    expect(await outbox.list('w_1', undefined, 9)).toEqual([]);
    await journal.close();
  });
});

describe.each(bothDatabases)('the outbox in %s', (_name, open) => {
  let database: TestedDatabase;
  let subject: TablesSubject;
  let outbox: Outbox;
  let other: Outbox;
  const clock = { time: 1_000, now: () => clock.time };
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    clock.time = 1_000;
    subject = await database.reset();
    [outbox, other] = [new Outbox(subject.one, clock), new Outbox(subject.other, clock)];
    await addWorkflow(subject.one, 'w');
    await addChannel(subject.one, { id: 'w_1', kind: 'webhook', body: { events: ['run.done'] } });
  });
  const dueAt = async (now: number, busy?: readonly string[]): Promise<readonly string[]> =>
    (await other.due(now, 9, busy)).map(({ id }) => id);

  it('lists the deliveries that are due longest first, without those of busy and hidden webhooks', async () => {
    await addDelivery(subject.one, 'd_2', 20);
    await addDelivery(subject.one, 'd_1', 10);
    await addDelivery(subject.one, 'd_3', 10, 'w_2');
    expect(await dueAt(19)).toEqual(['d_1', 'd_3']);
    expect(await dueAt(20, ['w_2'])).toEqual(['d_1', 'd_2']);
    expect(await other.nextAt()).toBe(10);
    const hide = `INSERT INTO deletions (kind, within, id, who, time) VALUES ('trigger', 'w', 'w_1', 'local', 1)`;
    await subject.one.commit([{ sql: hide, values: {} }]);
    expect(await dueAt(20)).toEqual(['d_3']);
  });

  it('treats a time as due that no backoff can have set', async () => {
    await addDelivery(subject.one, 'd_1', 1_000 + 3 * dayMs);
    await addDelivery(subject.one, 'd_2', 1_000 + 120_000);
    await addDelivery(subject.one, 'd_3', 1_000 + 30_000);
    expect(await dueAt(1_000)).toEqual(['d_2', 'd_1']);
  });

  it('keeps each try, and ends a delivery once', async () => {
    await addDelivery(subject.one, 'd_1', 10);
    const attempt = { at: 3, ms: 1.5, status: 500, response: 'no', error: undefined };
    await outbox.tryAt('d_1', 50, 'no', attempt);
    await outbox.postpone('d_1', 60);
    expect(await other.get('d_1')).toMatchObject({ status: 'waiting', attempts: 1, nextAt: 60, error: 'no' });
    const ok = { at: 4, ms: 2, status: 200, response: 'ok', error: undefined };
    await subject.one.commit(outbox.write.end('d_1', 'sent', undefined, ok));
    // A process that was slower has sent it too.
    await subject.other.commit(other.write.end('d_1', 'dead', 'late', { ...ok, status: undefined, error: 'late' }));
    await other.tryAt('d_1', 90, 'late');
    await other.postpone('d_1', 90);
    expect(await outbox.get('d_1')).toMatchObject({ status: 'sent', attempts: 2, endedAt: 1_000, nextAt: undefined });
    expect((await outbox.tries('d_1')).map(({ status, error }) => status ?? error)).toEqual(['late', 200, 500]);
  });

  it('sends a dead delivery again, and deletes those that were sent long ago', async () => {
    for (const id of ['d_1', 'd_2']) await addDelivery(subject.one, id, 10);
    await outbox.giveUp('d_1', 'The webhook was removed.');
    await subject.one.commit(outbox.write.end('d_2', 'sent'));
    clock.time += 31 * dayMs;
    await other.sweep();
    await expect(outbox.get('d_2')).rejects.toMatchObject({ code: 'delivery_not_found' });
    expect(await outbox.list('w_1', 'dead', 9)).toMatchObject([{ id: 'd_1', error: 'The webhook was removed.' }]);
    await subject.one.commit([outbox.write.sendAgain('d_1')]);
    expect(await dueAt(clock.time)).toEqual(['d_1']);
    await expect(subject.one.commit([outbox.write.sendAgain('d_2')])).rejects.toMatchObject({
      code: 'delivery_not_found',
    });
  });

  it('deletes the messages with their workflow, and stores none for a deleted workflow', async () => {
    await addDelivery(subject.one, 'd_1', 10);
    await outbox.tryAt('d_1', 20, 'no', { at: 3, ms: 1, status: 500, response: undefined, error: undefined });
    await subject.other.commit([{ sql: "DELETE FROM workflows WHERE id = 'w'", values: {} }]);
    await expect(outbox.get('d_1')).rejects.toMatchObject({ code: 'delivery_not_found' });
    await subject.one.commit(
      outbox.write.end('d_1', 'sent', undefined, { at: 3, ms: 1, status: 200, response: undefined, error: undefined }),
    );
    expect(await outbox.tries('d_1')).toEqual([]);
  });
});
