/** @jest-environment jsdom */
import type { BudgetState } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  alerts,
  button,
  cancelDialog,
  dialogTitle,
  field,
  fill,
  hostileNames,
  openFeaturePage,
  optionsOf,
  pageText,
  press,
  textsOf,
  tick,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { BudgetSection } from './BudgetSection.js';

const none = { money: 0, tokens: 0, calls: 0, seconds: 0 };
const budget = (id: string, more: Partial<BudgetState> = {}): BudgetState => ({
  id,
  title: '',
  scope: { kind: 'all' },
  period: 'day',
  limits: { calls: 10 },
  currency: 'USD',
  onLimit: 'stop',
  isEnabled: true,
  since: 0,
  spent: none,
  reserved: none,
  ...more,
});
const workflow = (id: string, name: string) => ({ id, slug: id, name, nodes: 1, issues: 0, updatedAt: 1 }) as const;
const list = 'GET /api/budgets';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(list, { budgets: [budget('team', { title: 'Team' })] });
  page.answer('GET /api/connections', { connections: [] });
});
afterEach(() => page.leave());

const show = (): Promise<void> =>
  page.show(
    <BudgetSection
      names={new Map([['w', 'Letters']])}
      workflows={[workflow('w', 'Letters'), workflow('v', 'Orders')]}
    />,
  );
const rows = (): readonly string[] => textsOf('.budget');

describe('the list of budgets', () => {
  it('says that it loads, and what a budget is when there is none', async () => {
    page.answer(list, { budgets: [] });
    const release = page.hold(list);
    await show();
    expect(pageText()).toContain('Loading…');
    await release();
    expect(pageText()).toContain('No budgets yet. A budget is a hard limit');
  });

  it.each<[string, Partial<BudgetState>, string]>([
    ['everything by day', {}, 'Everything, per day; when exceeded, the call is refused'],
    ['a workflow by month', { scope: { kind: 'workflow', id: 'w' }, period: 'month' }, 'Workflow “Letters”, per month'],
    [
      'a connection in total',
      { scope: { kind: 'connection', id: 'far' }, period: 'ever' },
      'Connection “far”, in total',
    ],
    ['each run', { scope: { kind: 'run' } }, 'Each run; when exceeded'],
    ['each run of a workflow', { scope: { kind: 'run', workflow: 'w' } }, 'Each run of “Letters”'],
    ['a node', { scope: { kind: 'node', workflow: 'w', node: 'ask' } }, 'Each execution of “ask” in “Letters”'],
    ['a downgrade', { onLimit: 'downgrade' }, 'the next candidate is tried'],
    ['an approval', { onLimit: 'ask' }, 'approval is requested'],
    ['a disabled budget', { isEnabled: false }, 'Disabled'],
  ])('writes %s as text', async (_case, more, text) => {
    page.answer(list, { budgets: [budget('b', more)] });
    await show();
    expect(rows()[0]).toContain(text);
  });

  it.each<[string, Partial<BudgetState>, string, boolean]>([
    ['half of the calls', { spent: { ...none, calls: 5 } }, '5 calls of 10 calls', false],
    ['one call', { limits: { calls: 1 }, spent: { ...none, calls: 1 } }, '1 call of 1 call used up', true],
    ['reserved calls', { spent: { ...none, calls: 4 }, reserved: { ...none, calls: 2 } }, '+ 2 calls reserved', false],
    ['all with what is reserved', { spent: { ...none, calls: 8 }, reserved: { ...none, calls: 2 } }, 'used up', true],
    ['a limit of nothing', { limits: { calls: 0 } }, '0 calls of 0 calls used up', true],
  ])('shows %s of a limit', async (_case, more, text, isUsedUp) => {
    page.answer(list, { budgets: [budget('b', more)] });
    await show();
    expect(textsOf('.budget-use')[0]).toContain(text);
    expect(document.querySelector('.budget-use')?.hasAttribute('data-used-up')).toBe(isUsedUp);
  });

  it('never draws a bar beyond its end', async () => {
    page.answer(list, {
      budgets: [budget('b', { spent: { ...none, calls: 900 }, reserved: { ...none, calls: 900 } })],
    });
    await show();
    const widths = [...document.querySelectorAll<HTMLElement>('.budget-bar > span')].map(({ style }) => style.width);
    expect(widths).toEqual(['100%', '0%']);
  });

  it.each(hostileNames)('shows %s in a title as text', async (_case, title) => {
    page.answer(list, { budgets: [budget('b', { title: title.slice(0, 200) })] });
    await show();
    expect(textsOf('.row-title')).toEqual([title.slice(0, 200).trim()]);
    expect(document.querySelector('.budget img, .budget b')).toBeNull();
  });

  it.each([
    ['editor', false],
    ['viewer', false],
    ['owner', true],
  ] as const)('offers changes to the role %s: %s', async (role, isOffered) => {
    page.signInAs(role);
    await show();
    expect(rows()).toHaveLength(1);
    expect([button('Add budget'), button('Edit Team'), button('Delete Team')].map((one) => one !== undefined)).toEqual([
      isOffered,
      isOffered,
      isOffered,
    ]);
  });

  it('shows an error, and keeps the budgets when loading again fails', async () => {
    await show();
    page.disconnect(list);
    await page.reconnect();
    expect(alerts().join()).toContain('Heddle does not answer');
    expect(rows()).toHaveLength(1);
  });
});

describe('a new budget', () => {
  it('is saved under an id from its title', async () => {
    page.answer('PUT /api/budgets/nightly-reports', {});
    await show();
    await press('Add budget');
    await fill('Title', ' Nightly reports! ');
    await fill('Money', '12.5');
    await fill('Currency', 'eur');
    await press('Save budget');
    expect(page.sent()).toEqual([
      {
        method: 'PUT',
        path: '/api/budgets/nightly-reports',
        body: expect.objectContaining({
          title: 'Nightly reports!',
          scope: { kind: 'all' },
          period: 'day',
          currency: 'EUR',
          limits: { money: 12.5 },
          onLimit: 'stop',
          isEnabled: true,
        }),
      },
    ]);
    expect(dialogTitle()).toBeUndefined();
    expect(page.count(list)).toBe(2);
  });

  it('does not replace a budget with the same title', async () => {
    page.answer('PUT /api/budgets/team-2', {});
    await show();
    await press('Add budget');
    await fill('Title', 'Team');
    await fill('Calls', '5');
    await press('Save budget');
    expect(page.sent()[0]?.path).toBe('/api/budgets/team-2');
  });

  it.each([
    ['without any limit', {}, 'amount'],
    ['with a negative amount', { Money: '-1' }, 'amount'],
    ['with half a call', { Calls: '1.5' }, 'whole numbers'],
    ['with an unknown currency', { Money: '1', Currency: 'euros' }, 'three letters'],
    ['with a very long title', { Money: '1', Title: 'x'.repeat(201) }, '200 characters'],
  ])('is not sent %s', async (_case, fields: Readonly<Record<string, string>>, text) => {
    await show();
    await press('Add budget');
    for (const [name, value] of Object.entries(fields)) await fill(name, value);
    await press('Save budget');
    expect(page.sent()).toEqual([]);
    expect(alerts().join()).toContain(text);
    expect(dialogTitle()).toBe('Add budget');
  });

  it.each([
    ['workflow', { kind: 'workflow', id: 'w' }],
    ['run', { kind: 'run' }],
    ['all', { kind: 'all' }],
  ])('counts the scope %s', async (kind, scope) => {
    page.answer('PUT /api/budgets/budget', {});
    await show();
    await press('Add budget');
    await fill('Scope', kind);
    await fill('Calls', '5');
    await press('Save budget');
    expect(page.sent()[0]?.body).toMatchObject({ scope });
  });

  it('names a node, a connection or a key', async () => {
    page.answer('GET /api/keys', { keys: [] });
    await show();
    await press('Add budget');
    await fill('Scope', 'node');
    expect(optionsOf('Workflow')).toEqual(['Letters', 'Orders']);
    expect(field('Node')).toBeDefined();
    expect(field('Period')).toBeUndefined();
    await fill('Scope', 'connection');
    expect(field('Connection')).toBeDefined();
    expect(field('Period')).toBeDefined();
    await fill('Scope', 'key');
    expect(pageText()).toContain('There is no key that you can see.');
  });

  it('keeps its dialog open when the server refuses it', async () => {
    page.refuse('PUT /api/budgets/budget', 409, 'conflict', 'The connection does not exist.');
    await show();
    await press('Add budget');
    await fill('Calls', '5');
    await press('Save budget');
    expect(alerts().join()).toContain('The connection does not exist.');
    expect(field('Calls')?.value).toBe('5');
    await cancelDialog();
    expect(dialogTitle()).toBeUndefined();
    expect(document.activeElement).toBe(button('Add budget'));
  });
});

describe('a known budget', () => {
  it('keeps its id when its title changes, and removes a cleared limit', async () => {
    page.answer(list, { budgets: [budget('team', { title: 'Team', limits: { calls: 10, tokens: 100 } })] });
    page.answer('PUT /api/budgets/team', {});
    await show();
    await press('Edit Team');
    await fill('Title', 'Crew');
    await fill('Tokens', '');
    await fill('When exceeded', 'ask');
    await tick('Enabled');
    await press('Save budget');
    expect(page.sent()[0]).toMatchObject({
      path: '/api/budgets/team',
      body: { title: 'Crew', limits: { calls: 10 }, onLimit: 'ask', isEnabled: false },
    });
  });

  it('is deleted after a confirmation', async () => {
    page.answer('DELETE /api/budgets/team', {});
    await show();
    await press('Delete Team');
    expect(page.sent()).toEqual([]);
    page.answer(list, { budgets: [] });
    await press('Delete budget');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: '/api/budgets/team', body: undefined }]);
    expect(rows()).toEqual([]);
    expect(dialogTitle()).toBeUndefined();
  });

  it('stays in the list when it cannot be deleted', async () => {
    page.refuse('DELETE /api/budgets/team', 403, 'forbidden', 'Your role does not allow this.');
    await show();
    await press('Delete Team');
    await press('Delete budget');
    expect(alerts().join()).toContain('Your role does not allow this.');
    expect(rows()).toHaveLength(1);
  });
});
