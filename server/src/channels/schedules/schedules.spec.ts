import { afterEach, describe, expect, it } from '@jest/globals';
import { HeddleError, KeyScopes, localPrincipal, SchedulePreview, type Principal } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { openPublished } from '../testing/open-published.js';
import type { TestServer } from '../../testing/test-server.js';
import { dueTimes } from './due-times.js';
import { cronTimes } from './cron-times.js';

const noon = Date.UTC(2026, 2, 28, 12);
const minute = 60_000;

let server: TestServer;
afterEach(() => server?.close());

async function open(config: object = {}) {
  const clock = createFakeClock(noon + 30_000);
  server = await openPublished({ clock });
  const { heddle } = server;
  const given = { name: 'Hourly', cron: '0 * * * *', inputs: { question: 'at {{ time }}' }, ...config };
  const made = await server.call('POST', '/api/workflows/echo/schedules', given);
  const check = async (): Promise<void> => {
    heddle.channels.schedules.check();
    await heddle.channels.schedules.idle;
  };
  const asked = async (): Promise<string[]> => {
    const runs = await heddle.runs.list({ trigger: ['schedule'] });
    const inputs = await Promise.all(runs.map(({ runId }) => heddle.runs.accepted(runId)));
    return inputs.map(({ inputs: of }) => String(of['question']?.value)).sort();
  };
  return { clock, heddle, made: made.body, status: made.status, check, asked };
}

describe('a schedule', () => {
  it('runs at its times, once each, and shows the next ones', async () => {
    const { clock, heddle, made, check, asked } = await open();
    expect(made.next.slice(0, 2)).toEqual([noon + 60 * minute, noon + 120 * minute]);
    heddle.channels.start();
    await check();
    expect(await asked()).toEqual([]);
    await clock.advance(60 * minute);
    await heddle.channels.schedules.idle;
    await check();
    await check();
    expect(await asked()).toEqual(['at 2026-03-28T13:00:00.000Z']);
  });

  it.each([
    ['skip', []],
    ['one', ['at 2026-03-28T17:00:00.000Z']],
    ['all', ['15', '16', '17'].map((hour) => `at 2026-03-28T${hour}:00:00.000Z`)],
  ] as const)('catches up with missed times by its policy: %s', async (catchUp, expected) => {
    const { clock, heddle, check, asked } = await open({ catchUp, catchUpLimit: 3 });
    await clock.advance(5.2 * 60 * minute);
    heddle.channels.start();
    await check();
    expect(await asked()).toEqual(expected);
    await check();
    expect(await asked()).toEqual(expected);
  });

  it('starts no second run for a time whose run was accepted before the process died', async () => {
    const { clock, heddle, made, check, asked } = await open();
    await clock.advance(60 * minute);
    const time = noon + 60 * minute;
    // What a dying process leaves: the run is in the journal, and nothing else was written.
    const request = { slug: 'echo', inputs: { question: 'first' }, principal: localPrincipal, channel: 'schedule' };
    const named = {
      idempotencyKey: String(time),
      idempotencyScope: `schedule:${made.id}`,
      trigger: 'schedule',
    } as const;
    await heddle.publishing.runs.start({ ...request, ...named });
    heddle.channels.start();
    await check();
    expect(await asked()).toEqual(['first']);
    // The idempotency key is removed after a day; the time of the schedule is not.
    await clock.advance(30 * 60 * minute);
    const late = heddle.publishing.runs.start({ ...request, ...named });
    await expect(late).rejects.toMatchObject({ code: 'idempotency_conflict' });
  });

  it('does not run while it is paused, and does not catch up with the pause', async () => {
    const { clock, heddle, made, check, asked } = await open();
    const { id, name, cron, inputs } = made;
    const put = (isPaused: boolean) =>
      server.call('PUT', `/api/workflows/echo/schedules/${id}`, { name, cron, inputs, isPaused });
    expect((await put(true)).body.next).toEqual([]);
    heddle.channels.start();
    await clock.advance(180 * minute);
    await check();
    await put(false);
    await check();
    expect(await asked()).toEqual([]);
  });

  it('starts nothing while the clock is a year ahead, and goes on at its times once the clock is set back', async () => {
    const { clock, heddle, check, asked } = await open({ catchUp: 'all' });
    heddle.channels.start();
    await check();
    const ahead = 365 * 24 * 60 * minute;
    clock.jump(clock.now() + ahead);
    await clock.advance(5 * minute);
    await check();
    expect(await asked()).toEqual([]);
    clock.jump(clock.now() - ahead);
    await clock.advance(56 * minute);
    await heddle.channels.schedules.idle;
    await check();
    expect(await asked()).toEqual(['at 2026-03-28T13:00:00.000Z']);
  });

  it('catches up by its policy when a clock that was set ahead is confirmed', async () => {
    const { clock, heddle, check, asked } = await open();
    heddle.channels.start();
    await check();
    clock.jump(clock.now() + 365 * 24 * 60 * minute + 60 * minute);
    await check();
    expect(await asked()).toEqual([]);
    heddle.clock.confirm();
    await check();
    expect(await asked()).toEqual(['at 2027-03-28T13:00:00.000Z']);
  });

  it('goes on at its times when the clock of an earlier process was a year ahead', async () => {
    const { clock, heddle, made, check, asked } = await open();
    await heddle.parts.channels.store.skipTo(made.id, clock.now() + 365 * 24 * 60 * minute);
    heddle.channels.start();
    await check();
    await clock.advance(61 * minute);
    await heddle.channels.schedules.idle;
    await check();
    expect(await asked()).toEqual(['at 2026-03-28T13:00:00.000Z']);
  });

  it('runs no time twice when the clock is set back a little', async () => {
    const { clock, heddle, check, asked } = await open();
    heddle.channels.start();
    await clock.advance(61 * minute);
    await check();
    expect(await asked()).toEqual(['at 2026-03-28T13:00:00.000Z']);
    clock.jump(clock.now() - 10 * minute);
    await clock.advance(20 * minute);
    await check();
    expect(await asked()).toEqual(['at 2026-03-28T13:00:00.000Z']);
  });

  it('goes on after a temporary fault of the store', async () => {
    const { clock, heddle, check, asked } = await open();
    const { store } = heddle.parts.channels;
    const list = store.list.bind(store);
    heddle.channels.start();
    await check();
    Object.assign(store, {
      list: () => {
        throw new HeddleError('storage_failed', 'The disk is away.');
      },
    });
    await clock.advance(60 * minute);
    await heddle.channels.schedules.idle;
    Object.assign(store, { list });
    await clock.advance(15_000);
    await heddle.channels.schedules.idle;
    expect(await asked()).toEqual(['at 2026-03-28T13:00:00.000Z']);
  });

  it('waits for the release of a kill switch', async () => {
    const { clock, heddle, check, asked } = await open();
    await heddle.killSwitches.set('all', 'no', 'local');
    await clock.advance(60 * minute);
    heddle.channels.start();
    await check();
    expect(await asked()).toEqual([]);
    await heddle.killSwitches.release('all', 'local');
    await clock.advance(15_000);
    await heddle.channels.schedules.idle;
    await check();
    expect(await asked()).toEqual(['at 2026-03-28T13:00:00.000Z']);
  });

  it('runs with the rights that its creator has at that time', async () => {
    const { clock, heddle, check, asked } = await open();
    const key = await heddle.keys.create(localPrincipal, { name: 'k', scopes: KeyScopes.parse({}) });
    const maker: Principal = { ...localPrincipal, kind: 'key', id: `key:${key.key.id}`, scopes: key.key.scopes };
    await heddle.channels.schedules.create(
      'echo',
      {
        name: 'k',
        cron: '30 * * * *',
        timeZone: 'UTC',
        inputs: { question: 'k' },
        catchUp: 'one',
        catchUpLimit: 1,
        isPaused: false,
      },
      maker,
    );
    heddle.channels.start();
    await clock.advance(30 * minute);
    await heddle.channels.schedules.idle;
    await check();
    expect(await asked()).toEqual(['k']);
    await heddle.keys.revoke(localPrincipal, key.key.id);
    await clock.advance(60 * minute);
    await heddle.channels.schedules.idle;
    await check();
    expect((await asked()).filter((question) => question === 'k')).toEqual(['k']);
    expect((await heddle.channels.schedules.list('echo')).map(({ lastError }) => lastError)).toContainEqual(
      expect.stringContaining("the API key 'k', which was revoked"),
    );
  });

  it('is refused when its expression cannot be read', async () => {
    for (const bad of [{ cron: '99 * * * *' }, { timeZone: 'Mars/Olympus' }, { cron: 'soon' }]) {
      const { status, made } = await open(bad);
      expect([status, made.error.code]).toEqual([422, 'schedule_invalid']);
      await server.close();
    }
    await open();
  });

  it('runs in UTC when its zone is empty, and is listed with it', async () => {
    const { made } = await open({ timeZone: ' ' });
    expect(made.timeZone).toBe('UTC');
    expect((await server.heddle.channels.schedules.list('echo')).map(({ timeZone }) => timeZone)).toEqual(['UTC']);
  });

  it('keeps the local time of its zone when summer time begins', async () => {
    const times = await cronTimes({ cron: '0 9 * * *', timeZone: 'Europe/Paris' });
    const shown = times.after(noon, 2).map((time) => new Date(time).toISOString());
    expect(shown).toEqual(['2026-03-29T07:00:00.000Z', '2026-03-30T07:00:00.000Z']);
    const before = times.after(noon - 86_400_000, 1).map((time) => new Date(time).toISOString());
    expect(before).toEqual(['2026-03-28T08:00:00.000Z']);
    expect(dueTimes(times, { catchUp: 'one', catchUpLimit: 1 }, 0, noon)).toMatchObject({
      due: [Date.UTC(2026, 2, 28, 8)],
    });
  });

  it('is described before it is made, with the effect of summer time', async () => {
    await open();
    const read = async (cron: string, timeZone = 'Europe/Paris'): Promise<SchedulePreview> =>
      SchedulePreview.parse(
        (await server.call('POST', '/api/workflows/echo/schedules/preview', { cron, timeZone })).body,
      );
    expect(await read('0 9 * * 1-5')).toMatchObject({
      words: 'At 09:00, Monday through Friday, Europe/Paris',
      next: { length: 5 },
      notes: [],
    });
    expect((await read('30 2 * * *')).notes).toEqual([
      'On 29 March 2026 02:30 does not exist, as clocks go forward: it runs at 03:00 instead.',
      'On 25 October 2026 02:30 comes twice, as clocks go back: it runs the first time only.',
    ]);
    expect((await read('*/20 * * * *')).notes).toEqual([
      'On 29 March 2026 02:00 does not exist, as clocks go forward: it does not run then.',
      'On 25 October 2026 02:00 comes twice, as clocks go back: it runs both times.',
    ]);
    expect((await read('30 2 * * *', 'UTC')).notes).toEqual([]);
    expect((await read('0 0 30 2 *')).notes).toEqual(['It never runs: no date matches it.']);
  });

  it('runs at once when a person asks, beside its times, and shows its runs and failures', async () => {
    const { clock, heddle, made, check } = await open();
    const at = `/api/workflows/echo/schedules/${made.id}`;
    const now = await server.call('POST', `${at}/run`);
    expect(now.status).toBe(202);
    heddle.channels.start();
    await clock.advance(60 * minute);
    await check();
    await heddle.publishing.versions.setLive('echo', undefined, { who: 'local' });
    await clock.advance(60 * minute);
    await check();
    const { arrivals } = (await server.call('GET', `${at}/history`)).body;
    expect(arrivals).toMatchObject([
      { key: String(noon + 120 * minute), error: { code: 'not_published' } },
      { key: String(noon + 60 * minute), runId: expect.any(String) },
      { key: 'now', runId: now.body.runId },
    ]);
  });
});
