/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { one, pageText, texts } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { RunScores } from './RunScores.js';

let page: FakePage;
let roles: readonly string[];
let scores: readonly object[];
let asked: string[];
beforeEach(() => {
  [roles, scores, asked] = [['owner'], [], []];
  page = openFakePage((_method, path) => {
    asked.push(path);
    if (path === '/api/auth/me')
      return {
        ...{ isSignInNeeded: true, hasUsers: true },
        principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
      };
    return path === '/api/runs/r1/scores' ? { scores } : undefined;
  });
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
});
const score = (more: object = {}) => ({
  ...{ runId: 'r1', monitorId: 'm_1', monitor: 'Watch', metric: 'judge', value: 0.8125, isPassed: true },
  ...{ explanation: '<b>It says why.</b>', cost: 0, tokens: 0, judgedAt: 1, label: 'internal' },
  ...more,
});

it('shows metric, value, explanation and monitor, as texts', async () => {
  scores = [
    score(),
    score({ metric: 'rouge', value: undefined, isPassed: undefined, monitor: undefined, explanation: 'No answer.' }),
  ];
  await readMe();
  await page.show(<RunScores runId="r1" />);
  expect(texts('li')).toEqual(['judge 0.813, passed Watch<b>It says why.</b>', 'rouge not judged No answer.']);
  expect(one('a').getAttribute('href')).toBe('/quality/monitors/m_1');
});

it('shows nothing where nothing was judged, and does not ask without the right', async () => {
  await readMe();
  await page.show(<RunScores runId="r1" />);
  expect(pageText()).toBe('');
  [roles, asked] = [['viewer'], []];
  await readMe();
  await page.show(<RunScores runId="r2" />);
  expect(asked.filter((path) => path.includes('scores'))).toEqual([]);
});
