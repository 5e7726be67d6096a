/** @jest-environment jsdom */
import type { GroupReply } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  alerts,
  button,
  dialogTitle,
  fill,
  hostileNames,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../../session/testing/feature-page.js';
import { GroupsSection } from './GroupsSection.js';

const legal: GroupReply = { id: 'g_1', name: 'Legal', createdAt: 1, members: [{ member: 'user:u_1', title: 'Ada' }] };
let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer('GET /api/groups', { groups: [legal], claimed: ['lawyers'] });
  page.answer('GET /api/users', { users: [] });
});
afterEach(() => page.leave());

describe('the groups', () => {
  it('are listed with their members', async () => {
    await page.show(<GroupsSection />);
    expect(textsOf('tbody tr').join()).toContain('Legal');
    expect(textsOf('tbody tr').join()).toContain('Ada');
  });

  it('are created with a name', async () => {
    page.answer('POST /api/groups', legal);
    await page.show(<GroupsSection />);
    await press('New group');
    await fill('Name', 'Law');
    await press('Create group');
    expect(page.sent()).toEqual([expect.objectContaining({ path: '/api/groups', body: { name: 'Law' } })]);
    expect(dialogTitle()).toBeUndefined();
  });

  it('keep the dialog open when a name is taken', async () => {
    page.refuse('PATCH /api/groups/g_1', 409, 'conflict', "There is a group 'Law' already.");
    await page.show(<GroupsSection />);
    await press('Rename Legal');
    await fill('Name', 'Law');
    await press('Rename');
    expect(alerts().join()).toContain("There is a group 'Law' already.");
    expect(dialogTitle()).toBe('Rename “Legal”');
  });

  it('lose a member at once', async () => {
    page.answer('DELETE /api/groups/g_1/members/user%3Au_1', { ...legal, members: [] });
    await page.show(<GroupsSection />);
    await press('Members');
    expect(dialogTitle()).toBe('Members of “Legal”');
    await press('Remove Ada');
    expect(page.sent().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /api/groups/g_1/members/user%3Au_1',
    ]);
  });

  it('are removed after a confirmation', async () => {
    page.answer('DELETE /api/groups/g_1', {});
    await page.show(<GroupsSection />);
    await press('Remove Legal');
    expect(pageText()).toContain('A new group of the same name does not open them again.');
    await press('Remove group');
    expect(page.sent().map(({ method, path }) => `${method} ${path}`)).toEqual(['DELETE /api/groups/g_1']);
  });

  it('are not loaded for a user who may not manage them', async () => {
    page.signInAs('editor');
    await page.show(<GroupsSection />);
    expect(pageText()).toContain('Managing groups needs the role owner');
    expect([page.count('GET /api/groups'), button('New group')]).toEqual([0, undefined]);
  });

  it.each(hostileNames)('show %s in a name as text', async (_case, name) => {
    page.answer('GET /api/groups', { groups: [{ ...legal, name }], claimed: [] });
    await page.show(<GroupsSection />);
    expect(textsOf('tbody strong')).toEqual([name]);
  });
});
