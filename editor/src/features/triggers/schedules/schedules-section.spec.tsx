/** @jest-environment jsdom */
import { ScheduleReply } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act } from 'react';
import {
  alerts,
  button,
  cancelDialog,
  dialogTitle,
  field,
  fill,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../../session/testing/feature-page.js';
import { noNews } from '../use-trigger-states.js';
import { timeIn } from './schedule-text.js';
import { SchedulesSection } from './SchedulesSection.js';
import { undoStore } from '../../../ui/states/undo-store.js';

const monday = Date.UTC(2096, 9, 8, 9);
const schedule = (id: string, more: object = {}): ScheduleReply =>
  ScheduleReply.parse({
    id,
    workflowId: 'w',
    owner: 'local',
    createdAt: 1,
    name: id,
    cron: '0 9 * * 1',
    timeZone: 'UTC',
    next: [monday],
    words: 'Every Monday at 9:00',
    notes: [],
    ...more,
  });
const preview = { words: 'Every day at 9:00', next: [monday], notes: ['On 28 March the clock skips an hour.'] };
const at = '/api/workflows/w/schedules';
const list = `GET ${at}`;

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(list, { schedules: [schedule('weekly')] });
  page.answer(`POST ${at}/preview`, preview);
});
afterEach(() => {
  page.leave();
  jest.useRealTimers();
});

const show = (news = noNews): Promise<void> => page.show(<SchedulesSection workflow="w" ports={[]} news={news} />);
const cards = (): readonly string[] => textsOf('.trigger');
/** The requests that change something, without the preview of the times. */
const changes = () => page.sent().filter(({ path }) => !path.endsWith('/preview'));

/** Opens a dialog and lets its preview arrive. */
async function open(name: string): Promise<void> {
  await show();
  jest.useFakeTimers();
  act(() => button(name)?.click());
  await rest();
}
/** Waits until a typed expression is sent. */
const rest = (): Promise<void> =>
  act(async () => {
    await jest.advanceTimersByTimeAsync(300);
    jest.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve));
  });
describe('the schedules', () => {
  it('say that they load, and then that there are none', async () => {
    page.answer(list, { schedules: [] });
    const release = page.hold(list);
    await show();
    expect(pageText()).toContain('Loading…');
    await release();
    expect(pageText()).toContain('No schedules yet.');
  });

  it.each([
    ['runs on Monday', {}, 'Next Mon'],
    ['is paused', { isPaused: true }, 'Paused'],
    ['never runs', { next: [] }, 'Never runs'],
    ['failed', { lastError: 'The queue is full.' }, 'The last time failed: The queue is full.'],
    ['skips missed times', { catchUp: 'skip' }, 'missed times are skipped'],
    ['runs each missed time', { catchUp: 'all' }, 'each missed time runs'],
    ['has a note', { notes: ['The clock changes.'] }, 'The clock changes.'],
  ])('show a schedule that %s', async (_case, more, text) => {
    page.answer(list, { schedules: [schedule('weekly', more)] });
    await show();
    expect(cards()[0]).toContain(text);
  });

  it('load again on news', async () => {
    await show();
    page.answer(list, { schedules: [schedule('weekly'), schedule('daily')] });
    await show({ ...noNews, channels: new Map([['weekly', 1]]) });
    expect(textsOf('.trigger h3')).toEqual(['weekly', 'daily']);
  });

  it.each([
    ['viewer', false, false],
    ['runner', true, false],
    ['owner', true, true],
  ] as const)('offer to the role %s a run now: %s, and changes: %s', async (role, mayRun, mayChange) => {
    page.signInAs(role);
    await show();
    expect(button('Run now weekly') !== undefined).toBe(mayRun);
    expect(['Edit weekly', 'Pause weekly', 'Delete weekly'].map((name) => button(name) !== undefined)).toEqual([
      mayChange,
      mayChange,
      mayChange,
    ]);
  });

  it('show an error', async () => {
    page.disconnect(list);
    await show();
    expect(alerts().join()).toContain('Heddle does not answer');
  });
});

describe('a schedule', () => {
  it('starts a run now, and leads to it', async () => {
    page.answer(`POST ${at}/weekly/run`, { runId: 'r 1' });
    await show();
    await press('Run now weekly');
    expect(changes()).toEqual([{ method: 'POST', path: `${at}/weekly/run`, body: undefined }]);
    expect(textsOf('.trigger p[role=status]')).toEqual(['A run started. Open run']);
    expect(button('Open run')?.getAttribute('href')).toContain('r%201');
  });

  it.each([
    [409, 'conflict', 'Nothing is published.'],
    [403, 'forbidden', 'Your role does not allow this.'],
  ])('says why no run started, with the status %s', async (status, code, message) => {
    page.refuse(`POST ${at}/weekly/run`, status, code, message);
    await show();
    await press('Run now weekly');
    expect(alerts().join()).toContain(message);
    expect(textsOf('.trigger p[role=status]')).toEqual(['']);
  });

  it.each([
    [false, 'Pause weekly'],
    [true, 'Resume weekly'],
  ])('that is paused: %s, keeps its times by “%s”', async (isPaused, name) => {
    page.answer(list, { schedules: [schedule('weekly', { isPaused })] });
    page.answer(`PUT ${at}/weekly`, schedule('weekly'));
    await show();
    await press(name);
    expect(changes()[0]?.body).toMatchObject({ name: 'weekly', cron: '0 9 * * 1', isPaused: !isPaused });
    expect(changes()[0]?.body).not.toHaveProperty('next');
  });

  it('is deleted after a confirmation', async () => {
    page.answer(`DELETE ${at}/weekly?undo=true`, {});
    await show();
    await press('Delete weekly');
    expect(changes()).toEqual([]);
    await press('Delete schedule');
    expect(changes()).toEqual([{ method: 'DELETE', path: `${at}/weekly?undo=true`, body: undefined }]);
    expect(dialogTitle()).toBeUndefined();
    expect(undoStore.getState().offers.map(({ what }) => what)).toEqual(['the schedule “weekly”']);
  });

  it('loads its history only when it is opened', async () => {
    page.answer(`GET ${at}/weekly/history`, { arrivals: [] });
    await show();
    expect(page.count(`GET ${at}/weekly/history`)).toBe(0);
    await press('History of weekly');
    expect(pageText()).toContain('No runs yet.');
  });
});

describe('a new schedule', () => {
  it('shows when it runs before it is created', async () => {
    page.answer(`POST ${at}`, schedule('daily'));
    await open('New schedule');
    expect(textsOf('dialog .schedule-reading strong')).toEqual(['Every day at 9:00']);
    expect(pageText()).toContain('On 28 March the clock skips an hour.');
    expect(button('Create schedule')?.disabled).toBe(true);
    await fill('Name', ' Daily ');
    await fill('Time zone', 'Europe/Zurich');
    await press('Create schedule');
    expect(changes()[0]).toMatchObject({
      method: 'POST',
      path: at,
      body: { name: 'Daily', cron: '0 9 * * 1-5', timeZone: 'Europe/Zurich', catchUp: 'one', isPaused: false },
    });
  });

  it('offers usual times in a list', async () => {
    await open('New schedule');
    await fill('When', '0 * * * *');
    expect(field('Cron expression')?.value).toBe('0 * * * *');
    await fill('Cron expression', '7 * * * *');
    expect(field('When')?.value).toBe('');
  });

  it('asks for a limit only when each missed time runs', async () => {
    await open('New schedule');
    expect(field('Limit')).toBeUndefined();
    await fill('Missed times', 'all');
    expect(field('Limit')?.value).toBe('10');
  });

  it('is not created with an expression that the server refuses', async () => {
    page.refuse(`POST ${at}/preview`, 400, 'bad_request', 'The minute 99 does not exist.');
    await open('New schedule');
    await fill('Name', 'Daily');
    expect(textsOf('dialog .field-error')).toEqual(['The minute 99 does not exist.']);
    expect(button('Create schedule')?.disabled).toBe(true);
    expect(changes()).toEqual([]);
  });

  it('keeps its dialog open when it cannot be created', async () => {
    page.refuse(`POST ${at}`, 409, 'conflict', 'Nothing is published.');
    await open('New schedule');
    await fill('Name', 'Daily');
    await press('Create schedule');
    expect(alerts().join()).toContain('Nothing is published.');
    expect(field('Name')?.value).toBe('Daily');
    await cancelDialog();
    expect(dialogTitle()).toBeUndefined();
  });
});

describe('a time of a schedule', () => {
  it.each([
    ['on the minute', Date.UTC(2026, 0, 5, 9), 'UTC', '09:00'],
    ['with seconds', Date.UTC(2026, 0, 5, 9, 0, 7), 'UTC', '09:00:07'],
    ['in another zone', Date.UTC(2026, 0, 5, 9), 'Asia/Tokyo', '18:00'],
    ['across midnight', Date.UTC(2026, 0, 5, 23), 'Asia/Tokyo', '6 Jan 2026'],
  ])('is shown %s', (_case, time, zone, text) => {
    expect(timeIn(time, zone)).toContain(text);
  });

  it('has seconds when another time of the list has some', () => {
    const even = Date.UTC(2026, 0, 5, 9);
    expect(timeIn(even, 'UTC', [even, even + 7_000])).toContain('09:00:00');
  });

  it('is shown in a zone that the browser does not know', () => {
    expect(timeIn(Date.UTC(2026, 0, 5, 12), 'Mars/Olympus')).toContain('2026');
  });
});
