/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import {
  alerts,
  button,
  fill,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { readCriteria } from './criteria-text.js';
import { QueueList } from './QueueList.js';
import { QueuePage } from './QueuePage.js';
import { WaitingQueues } from './WaitingQueues.js';

const clear = {
  name: 'clear',
  title: 'Clear',
  levels: [
    { value: 0, title: 'unclear' },
    { value: 1, title: 'clear' },
  ],
};
const right = {
  name: 'right',
  title: 'Right',
  levels: [
    { value: 1, title: 'wrong' },
    { value: 2, title: 'partly' },
    { value: 3, title: 'right' },
  ],
};
const queue = (more: object = {}) => ({
  id: 'q',
  name: 'Answers',
  kind: 'rate',
  assignees: [],
  double: 0,
  clearance: 'internal',
  createdAt: 1,
  items: 3,
  done: 1,
  open: 2,
  rubric: { instructions: 'Be strict.', criteria: [clear, right], hasText: false, hasCorrection: false },
  ...more,
});
const run = (id: string, answer: unknown = `Answer of ${id}`) => ({
  runId: id,
  workflowName: 'Ask',
  label: 'internal',
  inputs: { question: `Question of ${id}` },
  outputs: { answer },
});
const task = (item: number, ...runs: object[]) => ({ item, runs, until: 9e15 });
const path = '/api/annotation-queues/q';
const said = (item: number): string => `${path}/items/${item}/annotation`;

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.answer(`GET ${path}`, queue());
});
afterEach(() => page.leave());

const show = (): Promise<void> => page.show(<QueuePage id="q" tabs={<nav />} />);
const key = (name: string, more: KeyboardEventInit = {}): Promise<void> =>
  act(async () => {
    (document.activeElement ?? document.body).dispatchEvent(
      new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...more }),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
const gives = (...tasks: (object | undefined)[]): void => {
  const left = [...tasks];
  page.answer(`POST ${path}/next`, () => ({ queue: queue(), task: left.shift() }));
};

it('judges answers by the keyboard alone: numbers, arrows, Enter, skip and take back', async () => {
  gives(task(1, run('a')), task(2, run('b')), undefined);
  page.answer(`POST ${said(1)}`, null);
  page.answer(`POST ${said(2)}`, null);
  await show();
  expect(pageText()).toContain('Be strict.');
  expect(pageText()).toContain('Question of a');
  await key('2');
  // The next criterion without a level is the active one.
  await key('3');
  await key('ArrowLeft');
  await key('Enter');
  expect(page.sent().find(({ path: to }) => to === said(1))).toEqual({
    method: 'POST',
    path: said(1),
    body: { scores: { clear: 1, right: 2 }, isSkipped: false },
  });
  expect(pageText()).toContain('Answer of b');
  page.answer(`POST ${path}/undo`, { queue: queue(), task: task(1, run('a')) });
  await key('u');
  expect(pageText()).toContain('Answer of a');
  gives(undefined);
  await key('s');
  expect(page.sent().at(-2)).toMatchObject({ path: said(1), body: { isSkipped: true } });
  expect(pageText()).toContain('Nothing is left for you here.');
});

it('says which criterion has no level yet, and sends nothing', async () => {
  gives(task(1, run('a')));
  await show();
  await key('1');
  await key('Enter');
  expect(pageText()).toContain('Choose a level for Right.');
  expect(page.count(`POST ${said(1)}`)).toBe(0);
});

it('leaves the keys to a focused text field, and saves with Ctrl and Enter', async () => {
  const asks = { instructions: '', criteria: [], hasText: true, hasCorrection: true };
  page.answer(`GET ${path}`, queue({ rubric: asks }));
  gives(task(1, run('a')), undefined);
  page.answer(`POST ${said(1)}`, null);
  await show();
  await press('Start from the answer');
  const area = document.querySelector<HTMLTextAreaElement>('textarea');
  expect(area?.value).toBe('Answer of a');
  area?.focus();
  await key('s');
  await key('Enter');
  expect(page.count(`POST ${said(1)}`)).toBe(0);
  await key('Enter', { ctrlKey: true });
  expect(page.sent().find(({ path: to }) => to === said(1))?.body).toEqual({
    scores: {},
    isSkipped: false,
    correction: 'Answer of a',
  });
});

it('compares two answers with the arrow keys, and sends the preferred run', async () => {
  const asks = { instructions: '', criteria: [], hasText: false, hasCorrection: false };
  page.answer(`GET ${path}`, queue({ kind: 'compare', rubric: asks }));
  gives(task(1, run('b'), run('a')), undefined);
  page.answer(`POST ${said(1)}`, null);
  await show();
  expect(textsOf('.annotate-run strong')).toEqual(['Left', 'Right']);
  await key('Enter');
  expect(pageText()).toContain('Say which answer is better');
  await key('ArrowLeft');
  await key('Enter');
  expect(page.sent().find(({ path: to }) => to === said(1))?.body).toMatchObject({ preferred: 'b' });
});

it('offers the next answer when the time for an item is over, and shows an answer that is not text', async () => {
  gives(task(1, run('a', { total: 3 })), task(2, run('b')));
  page.refuse(`POST ${said(1)}`, 409, 'conflict', 'Your time for this item is over.');
  await show();
  expect(pageText()).toContain('total');
  await key('1');
  await key('1');
  await key('Enter');
  expect(pageText()).toContain('Your time for this item is over.');
  await press('Next answer');
  expect(pageText()).toContain('Answer of b');
});

it('says to a viewer which role annotating needs', async () => {
  page.signInAs('viewer');
  await show();
  expect(pageText()).toContain('Annotating answers needs the role');
  expect(button('Add runs')).toBeUndefined();
  expect(page.count(`POST ${path}/next`)).toBe(0);
});

it('shows agreement with its interval, and writes corrections to a dataset', async () => {
  gives(undefined);
  const annotation = (who: string, more: object) => ({
    item: 1,
    runs: ['r1'],
    who,
    scores: { clear: 1 },
    isSkipped: false,
    time: 1,
    ...more,
  });
  page.answer(`GET ${path}/results`, {
    annotations: [annotation('user:a', { correction: 'Two years' }), annotation('user:b', { isSkipped: true })],
    agreement: [
      { criterion: 'clear', items: 40, same: 0.85, kappa: 0.7, interval: { low: 0.5, high: 0.9 } },
      { criterion: 'right', items: 0 },
    ],
    names: { 'user:a': 'Ada' },
  });
  page.answer('GET /api/datasets', { datasets: [{ id: 'd', name: 'Rows' }] });
  page.answer(`POST ${path}/dataset`, { version: 1, rows: 1, added: 1, removed: 0, unchanged: 0 });
  await show();
  await press('Results');
  expect(pageText()).toContain('0.70 (0.50 to 0.90)');
  expect(pageText()).toContain('nothing annotated twice');
  expect(pageText()).toContain('Corrected: Two years');
  await press('Write corrections to a dataset');
  const select = document.querySelector<HTMLSelectElement>('dialog select');
  await act(async () => {
    if (select !== null) select.value = 'd';
    select?.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await press('Write rows');
  expect(page.sent().at(-1)).toMatchObject({ path: `${path}/dataset`, body: { dataset: 'd' } });
  expect(pageText()).toContain('1 row written');
});

it('compares the judges of a monitor with the levels that people gave', async () => {
  gives(undefined);
  page.answer(`GET ${path}/results`, {
    annotations: [{ item: 1, runs: ['r1'], who: 'user:a', scores: { clear: 1 }, isSkipped: false, time: 1 }],
    agreement: [],
    names: {},
  });
  page.answer('GET /api/experiments', { experiments: [{ id: 'x1', name: 'Which model?' }] });
  page.answer('GET /api/monitors', { monitors: [{ id: 'm_1', name: 'Kind answers' }] });
  page.answer(`POST ${path}/calibration`, {
    judges: [
      {
        name: 'kind',
        pairs: 31,
        calibration: {
          rows: 31,
          levels: [0, 1],
          summary: 'It agrees with people on 90 % of 31 rows.',
          table: [
            [20, 1],
            [2, 8],
          ],
        },
      },
    ],
  });
  await show();
  await press('Results');
  await press('Compare judges with people');
  const select = document.querySelector<HTMLSelectElement>('dialog select');
  expect([...(select?.options ?? [])].map(({ text }) => text)).toEqual([
    ...['Choose an experiment or a monitor', 'Which model?', 'Kind answers (monitor)'],
  ]);
  await act(async () => {
    if (select !== null) select.value = 'monitor m_1';
    select?.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await press('Compare');
  expect(page.sent().at(-1)).toMatchObject({
    path: `${path}/calibration`,
    body: { monitor: 'm_1', criterion: 'clear' },
  });
  expect(pageText()).toContain('kind judged 31 answers of this queue.');
  expect(pageText()).toContain('kind: It agrees with people on 90 % of 31 rows.');
  const cells = [...document.querySelectorAll('dialog tbody tr')].map((row) => row.textContent);
  expect(cells).toEqual(['0 %201', '100 %28']);
});

it('lists queues, and shows in the inbox those that wait for the user', async () => {
  page.answer('GET /api/annotation-queues', { queues: [queue(), queue({ id: 'p', name: 'Done', open: 0 })] });
  await page.show(<QueueList tabs={<nav />} />);
  expect(textsOf('.row-title')).toEqual(['Answers', 'Done']);
  await page.show(<WaitingQueues />);
  expect(textsOf('.row-title')).toEqual(['Answers']);
  page.answer('GET /api/annotation-queues', { queues: [] });
  await page.reconnect();
  expect(pageText()).not.toContain('Answers to annotate');
});

it('reads criteria that are written as lines, names the line that does not fit, and creates no queue without a name', async () => {
  expect(readCriteria('Clear: 1 unclear, 2 clear\n\nÜberzeugend?: 0 no, 0.5 a little, 1 yes')).toMatchObject([
    {
      name: 'clear',
      title: 'Clear',
      levels: [
        { value: 1, title: 'unclear' },
        { value: 2, title: 'clear' },
      ],
    },
    { name: 'uberzeugend', levels: [{ value: 0 }, { value: 0.5, title: 'a little' }, { value: 1 }] },
  ]);
  for (const line of ['Clear', 'Clear: 1 yes', 'Clear: yes, no', ': 1 a, 2 b'])
    expect(readCriteria(`Good: 1 a, 2 b\n${line}\nBad: 1 a, 2 b`)).toContain(`“${line}” does not fit`);
  expect(readCriteria('Good: 1 a, 2 b\n1: 1 a, 2 b')).toBe('The criterion “1” needs a letter in its name.');
  expect(readCriteria('A: 1 a, 2 b\nA: 1 a, 2 b')).toBe('The criterion “A” occurs twice.');
  page.answer('GET /api/annotation-queues', { queues: [] });
  page.answer('POST /api/annotation-queues', queue());
  await page.show(<QueueList tabs={<nav />} />);
  await press('New queue');
  await press('Create queue');
  expect(pageText()).toContain('Write a name of at most 200 characters.');
  await fill('Name', 'Answers');
  await fill('Criteria', 'Clear: 1 unclear, 2 clear\nShort: yes');
  await press('Create queue');
  expect(alerts().join()).toContain('“Short: yes” does not fit');
  expect(page.count('POST /api/annotation-queues')).toBe(0);
});

it('assigns a queue to members, and keeps an assignee who left the project', async () => {
  gives(undefined);
  page.answer(`GET ${path}`, queue({ assignees: ['user:gone'] }));
  page.answer('GET /api/projects/default/members', { members: [{ member: 'user:a', name: 'Ada', roles: ['runner'] }] });
  page.answer(`PATCH ${path}`, queue());
  await show();
  await press('Change');
  expect(textsOf('dialog .choice')).toEqual(['Ada', 'user:gone']);
  await act(async () => document.querySelector<HTMLInputElement>('dialog .choice input')?.click());
  await press('Save');
  expect(page.sent().at(-1)).toEqual({
    method: 'PATCH',
    path,
    body: { name: 'Answers', assignees: ['user:gone', 'user:a'] },
  });
});
