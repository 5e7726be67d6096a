/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { act } from 'react';
import {
  button,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { ApiPage } from './ApiPage.js';

const draft = parseDocument({ heddle: 2, name: 'Test', nodes: {}, edges: [] });
const version = {
  workflowId: 'w',
  version: 1,
  hash: 'sha256:0',
  author: 'local',
  note: '',
  publishedAt: 1,
  references: [],
  dataMap: [],
};
const question = { name: 'question', type: 'Text', mode: 'one', isOptional: false };
const run = (trigger: string) => ({ runId: 'r', trigger, status: 'done' });
const input = (value: string, level: string) => ({ inputs: { question: { value, label: { level, marks: [] } } } });

let page: FeaturePage;
const prepare = (): void => {
  page = openFeaturePage();
  Object.assign(page.session, { autosave: { flush: async () => undefined } });
  page.signInAs('owner');
  page.answer('GET /api/workflows/w', { id: 'w', slug: 'warm', revision: 1, updatedAt: 1, document: draft });
  page.answer('GET /api/workflows/w/versions', { versions: [version], live: { version: 1 } });
  page.answer('GET /api/workflows/w/versions/1', { ...version, bundle: { document: draft } });
  page.answer('GET /api/workflows/w/shares', { shares: [] });
  page.answer('GET /api/workflows/warm/shares', { shares: [] });
  page.answer('POST /api/compile', { interface: { inputs: [question], outputs: [{ ...question, name: 'answer' }] } });
  page.answer('GET /api/runs', { runs: [run('api')] });
  page.answer('GET /api/runs/r/document', input('How warm is it?', 'internal'));
  page.answer('GET /api/workflows', { workflows: [{ id: 'w', slug: 'warm', name: 'Test' }] });
  page.answer('GET /api/budgets', { budgets: [] });
  page.answer('GET /api/services', { services: [] });
  page.answer('POST /api/keys', { key: { id: 'k', name: 'warm', prefix: 'hk_1' }, secret: 'hk_1234' });
};
beforeEach(prepare);
afterEach(() => page.leave());

const show = async (): Promise<void> => {
  await page.show(<ApiPage workflow="w" />);
  await settle();
};
/** Lets replies arrive and lazy parts of the page load. */
const settle = (work: () => void = () => undefined): Promise<void> =>
  act(async () => {
    work();
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
const code = (): string => textsOf('#snippet pre')[0] ?? '';

describe('the API page of a live workflow', () => {
  it('starts with code that sends the inputs of the last run', async () => {
    await show();
    expect(textsOf('.api h2')[0]).toBe('Code');
    expect(textsOf('[role=tab]').slice(0, 3)).toEqual(['curl', 'JavaScript', 'Python']);
    expect(code()).toContain('How warm is it?');
    expect(pageText()).toContain('The inputs are those of the last run');
  });

  it.each([
    ['the user may not read the values of the run', () => page.answer('GET /api/runs/r/document', { inputs: {} })],
    ['the user may not read the run', () => page.refuse('GET /api/runs/r/document', 403, 'forbidden', 'No.')],
    ['the user may not list runs', () => page.refuse('GET /api/runs', 403, 'forbidden', 'No.')],
    [
      'the input is confidential',
      () => page.answer('GET /api/runs/r/document', input('How warm is it?', 'confidential')),
    ],
    ['the only run is a test', () => page.answer('GET /api/runs', { runs: [run('test')] })],
    ['nothing ran', () => page.answer('GET /api/runs', { runs: [] })],
  ])('sends an example when %s', async (_why, prepare) => {
    prepare();
    await show();
    expect(code()).toContain('"question": "question"');
    expect(pageText()).not.toContain('How warm is it?');
    expect(pageText()).not.toContain('those of the last run');
  });

  it('fills the form with the inputs of the last run, unless the user has focused it before', async () => {
    const field = (): HTMLInputElement | HTMLTextAreaElement | null =>
      document.querySelector('[aria-label="Try it"] :is(input, textarea)');
    const goOn = page.hold('GET /api/runs');
    await show();
    expect(field()?.value).toBe('question');
    await goOn();
    await settle();
    expect(field()?.value).toBe('How warm is it?');

    page.leave();
    prepare();
    const goOnLater = page.hold('GET /api/runs');
    await show();
    await settle(() => field()?.focus());
    await goOnLater();
    await settle();
    expect(code()).toContain('How warm is it?');
    expect(field()?.value).toBe('question');
  });

  it('creates a key for this workflow only in two presses, and shows it once', async () => {
    await show();
    await press('Create key');
    await settle();
    const [, create] = [...document.querySelectorAll('button')].filter(
      ({ textContent }) => textContent?.trim() === 'Create key',
    );
    expect(create?.disabled).toBe(false);
    await settle(() => create?.click());
    expect(page.sent().at(-1)).toMatchObject({
      path: '/api/keys',
      body: { name: 'warm', scopes: { workflows: ['w'], permissions: ['run:published'] } },
    });
    expect(textsOf('.copy-text code').some((text) => text.includes('hk_1234'))).toBe(true);
    await press('Done');
    expect(pageText()).not.toContain('hk_1234');
  });

  it('offers no key to a user who may not create one', async () => {
    page.signInAs('viewer');
    await show();
    expect(button('Create key')).toBeUndefined();
  });
});
