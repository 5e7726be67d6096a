import type { RunAcceptance } from '@heddle/core';
import { acceptanceOf, bundleNamed, type TablesSubject } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { addChannel, addWorkflow, testSealedText } from './__fixtures__/channel-rows.js';
import { createArrivalStore } from './arrival-store.js';
import { ChannelStore, scheduleScope } from './channel-store.js';
import { dayMs } from './day.js';
import { createShareStore } from './share-store.js';

const channel = {
  id: 'p_1',
  kind: 'schedule',
  workflowId: 'w',
  owner: 'local',
  body: { cron: '* * * * *' },
  createdAt: 1,
} as const;

const ids = (channels: readonly { readonly id: string }[]): readonly string[] => channels.map(({ id }) => id);

/** A run through a share link. */
const shared = (runId: string, share: string): RunAcceptance =>
  acceptanceOf(runId, { time: 7, trigger: 'published', caller: { principal: `share:${share}` } });

/** A run that a schedule starts at a time. */
const scheduled = (runId: string, time: number, schedule = 'p_1'): RunAcceptance =>
  acceptanceOf(runId, { idempotency: { scope: scheduleScope(schedule), key: String(time), requestHash: 'sha256:1' } });

const fulfilled = (results: readonly PromiseSettledResult<unknown>[]): number =>
  results.filter(({ status }) => status === 'fulfilled').length;

describe.each(bothDatabases)('channels in %s', (_name, open) => {
  let database: TestedDatabase;
  let subject: TablesSubject;
  const sealed = testSealedText();
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    subject = await database.reset();
    await addWorkflow(subject.one, 'w');
  });
  const stores = (): readonly [ChannelStore, ChannelStore] => [
    new ChannelStore(subject.one, sealed),
    new ChannelStore(subject.other, sealed),
  ];

  it('keep secrets sealed, and return them to another process', async () => {
    const [one, other] = stores();
    await subject.one.commit(one.write.insert(channel, { secret: 'whsec_canary' }));
    expect(await other.secret('p_1')).toBe('whsec_canary');
    const rows = await subject.one.all<{ secret: Uint8Array }>('SELECT secret FROM channels');
    expect(Buffer.from(rows[0]?.secret ?? []).includes('whsec_canary')).toBe(false);
    await subject.other.commit([other.write.setSecret('p_1', 'whsec_new')]);
    expect(await one.secret('p_1')).toBe('whsec_new');
    await subject.one.commit(one.write.insert({ ...channel, id: 'bare' }));
    await expect(one.secret('bare')).rejects.toMatchObject({ code: 'secret_not_found' });
  });

  it('are listed by kind and workflow, and changed only while they exist', async () => {
    const [one, other] = stores();
    await addWorkflow(subject.one, 'v');
    await subject.one.commit(one.write.insert(channel));
    await subject.one.commit(one.write.insert({ ...channel, id: 'p_2', workflowId: 'v', createdAt: 0 }));
    await subject.one.commit(one.write.insert({ ...channel, id: 'h', kind: 'hook' }));
    expect([ids(await other.list('schedule')), ids(await other.list('schedule', 'w'))]).toEqual([
      ['p_2', 'p_1'],
      ['p_1'],
    ]);
    await subject.other.commit([other.write.update('p_1', { cron: '0 * * * *' })]);
    expect(await one.find('p_1')).toEqual({ ...channel, body: { cron: '0 * * * *' }, firedAt: undefined });
    await subject.one.commit([one.write.remove('p_1')]);
    expect(await other.find('p_1')).toBeUndefined();
    for (const late of [other.write.update('p_1', {}), other.write.setSecret('p_1', 's'), other.write.remove('p_1')])
      await expect(subject.other.commit([late])).rejects.toMatchObject({ code: 'trigger_not_found' });
  });

  it('are deleted with their workflow and arrivals, and cannot be added to a deleted workflow', async () => {
    const [one] = stores();
    await addWorkflow(subject.one, 'v');
    await subject.one.commit(one.write.insert(channel));
    await subject.one.commit(one.write.insert({ ...channel, id: 'p_2', workflowId: 'v' }));
    const arrivals = createArrivalStore(subject.one);
    await arrivals.refused('p_1', 1, '', { code: 'bad_json', message: 'm' });
    await subject.other.commit([{ sql: "DELETE FROM workflows WHERE id = 'w'", values: {} }]);
    expect(ids(await one.list('schedule'))).toEqual(['p_2']);
    expect(await arrivals.list('p_1', 9)).toEqual([]);
    const late = subject.one.commit(one.write.insert({ ...channel, id: 'late' }));
    await expect(late).rejects.toMatchObject({ code: 'workflow_not_found' });
  });

  it('are hidden while their deletion can be undone', async () => {
    const [one] = stores();
    await subject.one.commit(one.write.insert(channel));
    const sql = `INSERT INTO deletions (kind, within, id, who, time) VALUES ('trigger', 'w', 'p_1', 'local', 1)`;
    await subject.one.commit([{ sql, values: {} }]);
    expect([await one.find('p_1'), await one.list('schedule')]).toEqual([undefined, []]);
    expect(await one.findDeleted('p_1')).toMatchObject({ id: 'p_1' });
  });

  it('skip times forward only, and go back only from the expected time', async () => {
    const [one, other] = stores();
    await subject.one.commit(one.write.insert(channel));
    await one.skipTo('p_1', 50);
    await other.skipTo('p_1', 40);
    expect((await one.find('p_1'))?.firedAt).toBe(50);
    await other.setBack('p_1', 45, 10);
    expect((await one.find('p_1'))?.firedAt).toBe(50);
    await other.setBack('p_1', 50, 10);
    expect((await other.find('p_1'))?.firedAt).toBe(10);
  });

  it('record a time of a schedule once when two processes try at once', async () => {
    const [one, other] = stores();
    await subject.one.commit(one.write.insert(channel));
    const results = await Promise.allSettled([
      subject.one.commit(one.projection.accept?.(scheduled('a', 60), 'sha256:0') ?? []),
      subject.other.commit(other.projection.accept?.(scheduled('b', 60), 'sha256:0') ?? []),
    ]);
    expect(fulfilled(results)).toBe(1);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'idempotency_conflict' },
    });
  });

  it('are opened only by the newest token of a link', async () => {
    const [one] = stores();
    const shares = createShareStore(subject.one, Date);
    const other = createShareStore(subject.other, Date);
    await subject.one.commit([
      ...one.write.insert({ ...channel, id: 'l_1', kind: 'share' }),
      shares.setToken('l_1', 'hsl_a'),
    ]);
    expect([await other.find('hsl_a'), await other.isOpenedBy('l_1', 'hsl_a')]).toEqual(['l_1', true]);
    await subject.other.commit([other.setToken('l_1', 'hsl_b')]);
    expect([await shares.find('hsl_a'), await shares.isOpenedBy('l_1', 'hsl_a')]).toEqual([undefined, false]);
    await expect(subject.one.commit([shares.setToken('none', 't')])).rejects.toMatchObject({
      code: 'trigger_not_found',
    });
  });

  it('count the runs of a link, and let one of two processes take the last run of a day', async () => {
    const clock = { time: 20_000 * dayMs + 5, now: () => clock.time };
    const one = createShareStore(subject.one, clock);
    const other = createShareStore(subject.other, clock);
    await addChannel(subject.one, { id: 'l_1', body: { runsPerDay: 2 } });
    const accept = (tables: TablesSubject['one'], store: typeof one): Promise<void> =>
      tables.commit(store.projection.accept?.(shared('r', 'l_1'), 'sha256:0') ?? []);
    await accept(subject.one, one);
    const results = await Promise.allSettled([accept(subject.one, one), accept(subject.other, other)]);
    expect(fulfilled(results)).toBe(1);
    expect(await other.usage('l_1')).toEqual({ runs: 2, lastRunAt: 7 });
    await expect(one.checkDay('l_1')).rejects.toMatchObject({
      code: 'too_many_requests',
      details: { retryAfterSeconds: 86_400 },
    });
    clock.time += dayMs;
    await one.checkDay('l_1');
    await accept(subject.one, one);
    expect(await other.usage('l_1')).toMatchObject({ runs: 1 });
    await subject.one.commit([new ChannelStore(subject.one, sealed).write.update('l_1', { runsPerDay: 1 })]);
    await expect(accept(subject.other, other)).rejects.toMatchObject({ code: 'too_many_requests' });
    await expect(one.checkDay('none')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe.each(bothJournals)('runs through channels, in %s', (_name, open) => {
  let opened: TestedJournals;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());

  it('begin once for a time of a schedule, for no earlier one, and for no deleted schedule', async () => {
    const fresh = await opened.reset();
    const { tables } = fresh;
    await addWorkflow(tables, 'w');
    await addChannel(tables, channel);
    const store = new ChannelStore(tables, testSealedText());
    const journal = fresh.journalWith([store.projection]);
    const accept = (run: RunAcceptance) => journal.accept(run, bundleNamed('W'));
    await accept(scheduled('a', 60));
    for (const time of [59, 60])
      await expect(accept(scheduled(`b${time}`, time))).rejects.toMatchObject({ code: 'idempotency_conflict' });
    await accept(scheduled('c', 61));
    expect((await store.find('p_1'))?.firedAt).toBe(61);
    await tables.commit([store.write.remove('p_1')]);
    await expect(accept(scheduled('d', 62))).rejects.toMatchObject({ code: 'trigger_not_found' });
    await expect(journal.summary('d')).rejects.toMatchObject({ code: 'run_not_found' });
    await journal.close();
  });

  it('begin through a link while the link exists and its daily limit is not reached', async () => {
    const fresh = await opened.reset();
    const { tables } = fresh;
    await addWorkflow(tables, 'w');
    await addChannel(tables, { id: 'l_1', body: { runsPerDay: 1 } });
    const shares = createShareStore(tables, { now: () => 5 * dayMs });
    const journal = fresh.journalWith([shares.projection]);
    const accept = (run: RunAcceptance) => journal.accept(run, bundleNamed('W'));
    const results = await Promise.allSettled([accept(shared('a', 'l_1')), accept(shared('b', 'l_1'))]);
    expect(fulfilled(results)).toBe(1);
    await expect(accept(shared('c', 'l_1'))).rejects.toMatchObject({ code: 'too_many_requests' });
    await expect(accept(shared('d', 'gone'))).rejects.toMatchObject({ code: 'not_found' });
    expect((await shares.usage('l_1')).runs).toBe(1);
    await journal.close();
  });
});
