/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openFeaturePage, pageText, press, type FeaturePage } from '../session/testing/feature-page.js';
import { RunFeedback } from './RunFeedback.js';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
});
afterEach(() => page.leave());

const given = (who: string, more: object) => ({
  who,
  isOwn: who === 'local',
  label: 'internal',
  createdAt: 1,
  updatedAt: 1,
  ...more,
});
const path = '/api/runs/r1/feedback';
const answer = (...feedback: object[]): void =>
  page.answer(`GET ${path}`, { feedback, names: { 'user:b': 'Bea', 'share:l visitor:x': 'Somebody on a share page' } });

it('shows the stored feedback of the user and of others, with their names', async () => {
  answer(
    given('local', { thumb: 'down' }),
    given('user:b', { rating: 4, comment: 'Nearly', correction: 'Two years' }),
    given('share:l visitor:x', { thumb: 'up' }),
  );
  await page.show(<RunFeedback runId="r1" />);
  expect(document.querySelector('[aria-label="Bad answer"]')?.getAttribute('aria-pressed')).toBe('true');
  expect(pageText()).toContain('Bea rated it 4 of 5');
  expect(pageText()).toContain('Corrected: Two years');
  expect(pageText()).toContain('Somebody on a share page found it good');
});

it('gives feedback, loads it again, and removes it', async () => {
  answer();
  page.answer(`POST ${path}`, null);
  page.answer(`DELETE ${path}`, null);
  await page.show(<RunFeedback runId="r1" />);
  answer(given('local', { thumb: 'up' }));
  await press('Good answer');
  expect(page.sent()).toEqual([{ method: 'POST', path, body: { thumb: 'up' } }]);
  expect(pageText()).toContain('Your feedback is saved.');
  answer();
  await press('Good answer');
  expect(page.sent()[1]?.method).toBe('DELETE');
  expect(pageText()).not.toContain('Your feedback is saved.');
});

it('says why it could not be stored', async () => {
  answer();
  page.refuse(`POST ${path}`, 429, 'too_many_requests', 'Too many requests: wait a little and try again.');
  await page.show(<RunFeedback runId="r1" />);
  await press('Bad answer');
  expect(pageText()).toContain('Too many requests');
});

it('lets a viewer read the feedback of others, and give none', async () => {
  page.signInAs('viewer');
  answer(given('user:b', { thumb: 'up' }));
  await page.show(<RunFeedback runId="r1" />);
  expect(pageText()).toContain('Bea found it good');
  expect(document.querySelector('button')).toBeNull();
});
