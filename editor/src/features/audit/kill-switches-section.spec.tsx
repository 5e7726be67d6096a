/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  alerts,
  button,
  field,
  fill,
  hostileNames,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { KillSwitchesSection } from './KillSwitchesSection.js';

const list = 'GET /api/kill-switches';
const on = (target: string, reason = 'It sends wrong letters.') => ({ target, reason, who: 'user:ada', time: 1_000 });

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(list, { killSwitches: [] });
  page.answer('GET /api/workflows', {
    workflows: [{ id: 'w', slug: 'letters', name: 'Letters', nodes: 1, issues: 0, updatedAt: 1 }],
  });
  page.answer('GET /api/connections', { connections: [] });
});
afterEach(() => page.leave());

const said = (): string => textsOf('p[role=status]').join();

describe('the kill switches that are on', () => {
  it('are none at first', async () => {
    await page.show(<KillSwitchesSection />);
    expect(pageText()).toContain('No kill switch is on.');
  });

  it.each([
    ['all', 'Everything'],
    ['workflow:w', 'The workflow Letters'],
    ['tool:mail__send', 'The tool mail__send'],
    ['connection:office', 'The connection office'],
  ])('show the target %s as “%s” with its reason', async (target, title) => {
    page.answer(list, { killSwitches: [on(target)] });
    await page.show(<KillSwitchesSection />);
    expect(textsOf('.stop strong')).toEqual([title]);
    expect(textsOf('.stop')[0]).toContain('It sends wrong letters.');
    expect(textsOf('.stop')[0]).toContain('Set by Ada');
  });

  it.each(hostileNames)('show %s in a reason as text', async (_case, reason) => {
    page.answer(list, { killSwitches: [on('all', reason)] });
    await page.show(<KillSwitchesSection />);
    expect(textsOf('.stop .row-main > span')[0]).toBe(reason);
    expect(document.querySelector('.stop img, .stop b')).toBeNull();
  });

  it.each([
    [0, 'Everything is released.'],
    [1, 'Everything is released, and 1 paused run continues.'],
    [3, 'Everything is released, and 3 paused runs continue.'],
  ])('are released while %s runs are paused', async (runs, text) => {
    page.answer(list, { killSwitches: [on('all')] });
    page.answer('DELETE /api/kill-switches/all', () => {
      page.answer(list, { killSwitches: [] });
      return { target: 'all', runs };
    });
    await page.show(<KillSwitchesSection />);
    await press('Release Everything');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: '/api/kill-switches/all', body: undefined }]);
    expect(said()).toBe(text);
    expect(textsOf('.stop')).toEqual([]);
  });

  it('stay on when the release is refused', async () => {
    page.answer(list, { killSwitches: [on('workflow:w')] });
    page.refuse('DELETE /api/kill-switches/workflow%3Aw', 409, 'conflict', 'Somebody released it already.');
    await page.show(<KillSwitchesSection />);
    await press('Release The workflow Letters');
    expect(alerts().join()).toContain('Somebody released it already.');
    expect(textsOf('.stop')).toHaveLength(1);
    expect(said()).toBe('');
  });

  it('cannot be set or released by a user without the right, who still sees them', async () => {
    page.signInAs('editor');
    page.answer(list, { killSwitches: [on('all')] });
    await page.show(<KillSwitchesSection />);
    expect(textsOf('.stop strong')).toEqual(['Everything']);
    expect(button('Release Everything')).toBeUndefined();
    expect(field('Target')).toBeUndefined();
    expect(pageText()).toContain('Setting and releasing kill switches needs the role owner.');
  });
});

describe('a new kill switch', () => {
  it('is set for a workflow at once, with its reason', async () => {
    page.answer('PUT /api/kill-switches/workflow%3Aw', { target: 'workflow:w', runs: 2 });
    await page.show(<KillSwitchesSection />);
    await fill('Workflow', 'w');
    await fill('Reason', '  It sends wrong letters. ');
    await press('Stop');
    expect(page.sent()).toEqual([
      { method: 'PUT', path: '/api/kill-switches/workflow%3Aw', body: { reason: 'It sends wrong letters.' } },
    ]);
    expect(said()).toBe('The kill switch is on. 2 runs are paused.');
    expect(field('Reason')?.value).toBe('');
  });

  it.each([
    [0, [], 'The kill switch is on. No run was affected.'],
    [1, [], 'The kill switch is on. 1 run is paused.'],
    [0, ['No tool has this name.'], 'The kill switch is on. No run was affected. No tool has this name.'],
  ])('says what it did to %s runs with the warnings %j', async (runs, warnings, text) => {
    page.answer('PUT /api/kill-switches/tool%3Amail', { target: 'tool:mail', runs, warnings });
    await page.show(<KillSwitchesSection />);
    await fill('Target', 'tool');
    await fill('Tool name', ' mail ');
    await fill('Reason', 'Spam');
    await press('Stop');
    expect(said()).toBe(text);
  });

  it('stops everything, and asks for no name', async () => {
    page.answer('PUT /api/kill-switches/all', { target: 'all', runs: 0 });
    await page.show(<KillSwitchesSection />);
    await fill('Target', 'all');
    expect([field('Workflow'), field('Connection'), field('Tool name')]).toEqual([undefined, undefined, undefined]);
    await fill('Reason', 'Emergency');
    await press('Stop everything');
    expect(page.sent()[0]?.path).toBe('/api/kill-switches/all');
  });

  it.each([
    ['a workflow without a name', 'workflow', undefined, 'A reason'],
    ['a tool with a blank name', 'tool', '  ', 'A reason'],
    ['everything without a reason', 'all', undefined, ''],
    ['everything with a blank reason', 'all', undefined, '   '],
  ])('is not sent for %s', async (_case, kind, name, reason) => {
    await page.show(<KillSwitchesSection />);
    await fill('Target', kind);
    if (name !== undefined) await fill('Tool name', name);
    await fill('Reason', reason);
    const verb = kind === 'all' ? 'Stop everything' : 'Stop';
    expect(button(verb)?.disabled).toBe(true);
    await press(verb);
    expect(page.sent()).toEqual([]);
  });

  it('keeps the name of each kind while the target is changed', async () => {
    await page.show(<KillSwitchesSection />);
    await fill('Target', 'tool');
    await fill('Tool name', 'mail');
    await fill('Target', 'workflow');
    await fill('Target', 'tool');
    expect(field('Tool name')?.value).toBe('mail');
  });

  it('keeps the reason when the server does not answer', async () => {
    page.disconnect('PUT /api/kill-switches/all');
    await page.show(<KillSwitchesSection />);
    await fill('Target', 'all');
    await fill('Reason', 'Emergency');
    await press('Stop everything');
    expect(alerts().join()).toContain('Heddle does not answer');
    expect(field('Reason')?.value).toBe('Emergency');
    expect(button('Stop everything')?.disabled).toBe(false);
  });
});
