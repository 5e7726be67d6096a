/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openFeaturePage, pageText, type FeaturePage } from '../session/testing/feature-page.js';
import { RunScores } from './RunScores.js';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
});
afterEach(() => page.leave());

const request = 'GET /api/runs/r1/scores';
const score = (more: object = {}) => ({
  runId: 'r1',
  monitorId: 'm_1',
  monitor: 'Watch',
  metric: 'judge',
  value: 0.8125,
  isPassed: true,
  explanation: '<b>It says why.</b>',
  cost: 0,
  tokens: 0,
  judgedAt: 1,
  label: 'internal',
  ...more,
});

it('shows metric, value, explanation and monitor, as texts', async () => {
  const bare = { value: undefined, isPassed: undefined, monitor: undefined, explanation: 'No answer.' };
  page.answer(request, { scores: [score(), score({ metric: 'rouge', ...bare })] });
  await page.show(<RunScores runId="r1" />);
  const lines = [...document.querySelectorAll('li')].map(({ textContent }) => textContent);
  expect(lines).toEqual(['judge 0.813, passed Watch<b>It says why.</b>', 'rouge not judged No answer.']);
  expect(document.querySelector('a')?.getAttribute('href')).toBe('/quality/monitors/m_1');
});

it('shows nothing when nothing was judged', async () => {
  page.answer(request, { scores: [] });
  await page.show(<RunScores runId="r1" />);
  expect(pageText()).toBe('');
});

it('requests nothing without the right to read values', async () => {
  page.signInAs([]);
  await page.show(<RunScores runId="r1" />);
  expect(page.count(request)).toBe(0);
  expect(pageText()).toBe('');
});
