/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GateRule, type GateReply } from '@heddle/core';
import { act } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { all, choose, one, pageText, pressButton, texts, type } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { GatesPage } from './GatesPage.js';
import { formOf, freshRule, idFor, ruleOf } from './rule-form.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const long = '<b>x</b>'.repeat(12);
const scores = GateRule.parse({
  kind: 'dataset',
  id: 'right',
  title: long,
  dataset: 'ds_1',
  workflows: ['w1'],
  evaluators: [{ kind: 'exact', config: {} }],
  conditions: [{ metric: 'exact', of: 'pass-rate', wanted: 0.8 }],
});
const replay = GateRule.parse({ kind: 'replay', id: 'replay', title: 'Replay', maxChanged: 0.1, maxMeanCost: 0.02 });
const tests = GateRule.parse({ kind: 'tests', id: 'tests', title: 'Has tests', minTests: 3 });

const exact = {
  kind: 'exact',
  title: 'Exact match',
  about: '',
  needs: [],
  usesModel: false,
  defaults: {},
  config: { type: 'object', properties: {} },
  metrics: [{ name: 'exact', title: 'Exact match' }],
};
let page: FakePage;
let roles: readonly string[];
let sent: { method: string; path: string; body: unknown }[];
let gate: GateReply;
beforeEach(() => {
  [roles, sent] = [['owner'], []];
  gate = {
    project: 'default',
    rules: [scores, replay, tests],
    revision: 4,
    problems: [{ rule: 'right', message: 'The dataset is gone.' }],
  };
  page = openFakePage((method, path, body) => {
    if (method !== 'GET') sent.push({ method, path, body });
    if (path === '/api/auth/me')
      return {
        isSignInNeeded: true,
        hasUsers: true,
        principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
      };
    if (path === '/api/gate') return gate;
    if (path === '/api/datasets') return { datasets: [{ id: 'ds_2', name: 'Numbers' }] };
    if (path === '/api/workflows') return { workflows: [{ id: 'w1', slug: 'quiz', name: 'Quiz' }] };
    if (path === '/api/evaluators') return { kinds: [exact], presets: [] };
    return undefined;
  });
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
});

async function show(): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    await readMe();
    page.root.render(
      <SessionProvider value={{ live } as unknown as Session}>
        <GatesPage tabs={<nav />} />
      </SessionProvider>,
    );
  });
}
const submit = (): Promise<void> =>
  act(async () => void one('dialog form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));

describe('the rules of a project', () => {
  it('show their conditions, their workflows, and which of them no draft can pass', async () => {
    await show();
    expect(texts('.row-title')).toEqual([long, 'Replay', 'Has tests']);
    expect(pageText()).toContain('On a deleted dataset: exact: at least 80 % of the rows pass; for Quiz');
    expect(pageText()).toContain('No draft can pass it. The dataset is gone.');
    expect(pageText()).toContain('Changed answers at most 10 %');
    expect(pageText()).toContain('At least 3 tests, and every test passes');
  });

  it('have no buttons for a user who may not change them', async () => {
    roles = ['editor'];
    await show();
    expect(texts('.gate-row button')).toEqual([]);
    expect(all('button').map(({ textContent }) => textContent)).not.toContain('New rule');
  });

  it('offer to create the first rule when there is none', async () => {
    gate = { ...gate, rules: [], problems: [] };
    await show();
    expect(pageText()).toContain('No rules yet.');
    expect(texts('.empty-state button')).toEqual(['New rule']);
  });

  it('are created with a form that says what is missing, on the revision that was loaded', async () => {
    await show();
    await pressButton('New rule');
    await choose(one('dialog select'), 'tests');
    await submit();
    expect(pageText()).toContain('The title must have 1 to 100 characters.');
    expect(sent).toEqual([]);
    await type(one('dialog input'), ' More tests ');
    await submit();
    const [put] = sent as { body: { rules: unknown[]; revision: number } }[];
    expect(put!.body.revision).toBe(4);
    expect(put!.body.rules.at(-1)).toEqual({
      kind: 'tests',
      id: 'more-tests',
      title: 'More tests',
      workflows: [],
      minTests: 1,
    });
  });

  it('are removed one by one', async () => {
    await show();
    await pressButton('Remove Replay');
    await pressButton('Remove rule');
    const [put] = sent as { body: { rules: { id: string }[] } }[];
    expect(put!.body.rules.map(({ id }) => id)).toEqual(['right', 'tests']);
  });

  it('are the same after the form has read and written them', () => {
    for (const rule of [scores, replay, tests]) expect(GateRule.parse(ruleOf(formOf(rule), rule.id))).toEqual(rule);
    expect(ruleOf({ ...freshRule, title: 'x' }, 'x')).toMatchObject({ kind: 'dataset', conditions: [{ wanted: 0.8 }] });
  });

  it('get valid and free ids from their titles', () => {
    expect(idFor('Right answers!', [])).toBe('right-answers');
    expect(idFor('Right answers!', [{ id: 'right-answers' }])).toBe('right-answers-2');
    expect(idFor('日本', [])).toBe('rule');
    expect(idFor('9'.repeat(99), [])).toBe('rule');
  });
});
