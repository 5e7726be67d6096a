/** @jest-environment jsdom */
import type { MemberReply, ProjectReply } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { projectStore } from '../../../data/access/project-store.js';
import { currentProject } from '../../../data/access/current-project.js';
import {
  alerts,
  button,
  cancelDialog,
  dialogTitle,
  field,
  fill,
  hostileNames,
  openFeaturePage,
  openMenu,
  pageText,
  press,
  textsOf,
  tick,
  type FeaturePage,
} from '../../session/testing/feature-page.js';
import { ProjectsSection } from './ProjectsSection.js';

const project = (id: string, more: Partial<ProjectReply> = {}): ProjectReply => ({
  id,
  name: id === 'default' ? 'First' : id,
  roles: ['owner'],
  isManager: true,
  ...more,
});
const member = (id: string, more: Partial<MemberReply> = {}): MemberReply => ({
  member: `user:${id}`,
  name: id,
  roles: ['editor'],
  ...more,
});
const both = [project('default'), project('shop', { name: 'Shop' })];

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  currentProject.setState({ id: 'default' });
  projectStore.setState({ projects: both });
  page.answer('GET /api/services', { services: [] });
  page.answer('GET /api/projects', { projects: both });
  page.answer('GET /api/projects/shop/members', { members: [member('ada'), member('bo', { roles: ['viewer'] })] });
});
afterEach(() => page.leave());

const show = async (...projects: readonly ProjectReply[]): Promise<void> => {
  projectStore.setState({ projects });
  await page.show(<ProjectsSection />);
};

describe('the list of projects', () => {
  it('says that it loads until the projects are known', async () => {
    projectStore.setState({ projects: undefined });
    await page.show(<ProjectsSection />);
    expect(pageText()).toContain('Loading…');
    act(() => projectStore.setState({ projects: both }));
    expect(textsOf('.row-title')).toEqual(['First Current project', 'Shop']);
  });

  it('says who can help a user without a project', async () => {
    await show();
    expect(pageText()).toContain('You are not a member of any project. An owner of a project can add you.');
  });

  it('shows archived projects apart, to be viewed and restored', async () => {
    await show(project('default'), project('old', { archivedAt: 1 }));
    expect(textsOf('section h2')).toEqual(['Archived']);
    expect(textsOf('section .row-facts')[0]).toContain('archived');
    expect(button('View it old')).toBeDefined();
    await openMenu('More actions for old');
    expect(textsOf('[role=menuitem]')).toEqual(['Rename', 'Restore', 'Leave', 'Remove']);
  });

  it.each([
    ['an owner', 'owner', true],
    ['an editor', 'editor', false],
    ['a viewer', 'viewer', false],
  ] as const)('offers a new project to %s: %s, %s', async (_case, role, isOffered) => {
    page.signInAs(role);
    await show(...both);
    expect(button('New project') !== undefined).toBe(isOffered);
    expect(button('Grants') !== undefined).toBe(isOffered);
  });

  it.each<[string, ProjectReply, readonly string[] | undefined]>([
    ['the first project to its manager', project('default'), ['Rename', 'Leave']],
    ['another project to its manager', project('shop'), ['Rename', 'Archive', 'Leave', 'Remove']],
    ['a project to a member', project('shop', { isManager: false, roles: ['viewer'] }), ['Leave']],
    ['a project to a manager without a role in it', project('shop', { roles: [] }), ['Rename', 'Archive', 'Remove']],
    ['a project to a user without any right', project('shop', { isManager: false, roles: [] }), undefined],
  ])('offers the actions on %s', async (_case, shown, items) => {
    await show(shown);
    const menu = `More actions for ${shown.name}`;
    if (items === undefined) {
      expect(button(menu)).toBeUndefined();
      return;
    }
    await openMenu(menu);
    expect(textsOf('[role=menuitem]')).toEqual(items);
  });

  it.each(hostileNames)('shows %s in a name as text', async (_case, name) => {
    await show(project('x', { name }));
    expect(textsOf('.row-title')).toEqual([`${name} Current project`]);
    expect(document.querySelector('.row img, .row b')).toBeNull();
  });
});

describe('a change of a project', () => {
  const cases = [
    ['Archive', 'Archive project', 'POST', '/api/projects/shop/archive', undefined],
    ['Leave', 'Leave project', 'DELETE', '/api/projects/shop/membership', undefined],
    ['Remove', 'Remove project', 'DELETE', '/api/projects/shop', undefined],
  ] as const;

  it.each(cases)('is confirmed before “%s”', async (item, verb, method, path, body) => {
    page.answer(`${method} ${path}`, both[1] as ProjectReply);
    await show(...both);
    await openMenu('More actions for Shop');
    await press(item);
    expect(page.sent()).toEqual([]);
    await press(verb);
    expect(page.sent()).toEqual([{ method, path, body }]);
    expect(dialogTitle()).toBeUndefined();
    expect(page.count('GET /api/projects')).toBe(1);
  });

  it.each(cases)('keeps its dialog open when the server refuses “%s”', async (item, verb, method, path, _body) => {
    page.refuse(`${method} ${path}`, 409, 'conflict', 'The project has workflows.');
    await show(...both);
    await openMenu('More actions for Shop');
    await press(item);
    await press(verb);
    expect(alerts().join()).toContain('The project has workflows.');
    expect(button(verb)?.disabled).toBe(false);
    expect(page.count('GET /api/projects')).toBe(0);
  });

  it('restores an archived project', async () => {
    page.answer('DELETE /api/projects/old/archive', project('old'));
    await show(project('default'), project('old', { archivedAt: 1 }));
    await openMenu('More actions for old');
    await press('Restore');
    await press('Restore project');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: '/api/projects/old/archive', body: undefined }]);
  });

  it('renames a project, and sends no empty name', async () => {
    page.answer('PATCH /api/projects/shop', project('shop'));
    await show(...both);
    await openMenu('More actions for Shop');
    await press('Rename');
    expect(field('Name')?.value).toBe('Shop');
    await fill('Name', '   ');
    expect(button('Rename project')?.disabled).toBe(true);
    await fill('Name', 'Store');
    await press('Rename project');
    expect(page.sent()).toEqual([{ method: 'PATCH', path: '/api/projects/shop', body: { name: 'Store' } }]);
  });

  it('keeps the typed name when it is taken', async () => {
    page.refuse('POST /api/projects', 409, 'conflict', 'The name is taken.');
    await show(...both);
    await press('New project');
    await fill('Name', 'Shop');
    await press('Create project');
    expect(alerts().join()).toContain('The name is taken.');
    expect(field('Name')?.value).toBe('Shop');
    await cancelDialog();
    expect(document.activeElement).toBe(button('New project'));
  });
});

describe('the members of a project', () => {
  const members = 'GET /api/projects/shop/members';
  const put = 'PUT /api/projects/shop/members/';
  const open = async (shown: ProjectReply = both[1] as ProjectReply): Promise<void> => {
    await show(project('default'), shown);
    await press('Members of Shop');
  };

  it('are listed with their roles', async () => {
    await open();
    expect(dialogTitle()).toBe('Members of Shop');
    expect(textsOf('dialog .row-title')).toEqual(['ada', 'bo']);
    expect(textsOf('dialog .row-facts')).toEqual(['editor', 'viewer']);
  });

  it('are shown without buttons to a user who does not manage the project', async () => {
    await open(project('shop', { name: 'Shop', isManager: false, roles: ['viewer'] }));
    expect(textsOf('dialog .row-title')).toEqual(['ada', 'bo']);
    expect(button('Add member')).toBeUndefined();
    expect(button('Remove bo')).toBeUndefined();
  });

  it('can be none', async () => {
    page.answer(members, { members: [] });
    await open();
    expect(pageText()).toContain('No members yet.');
  });

  it('are loaded again after an error', async () => {
    page.disconnect(members);
    await open();
    expect(alerts().join()).toContain('Heddle does not answer');
    page.answer(members, { members: [member('cy')] });
    await press('Retry');
    expect(textsOf('dialog .row-title')).toEqual(['cy']);
  });

  it('get a new member by an email address, with the chosen roles', async () => {
    page.answer('GET /api/users', { users: [{ ...userReply, email: 'cy@example.org' }] });
    page.answer('GET /api/services', { services: [{ id: 's1', name: 'Shop server' }] });
    page.answer(`${put}cy%40example.org`, { members: [member('cy')] });
    await open();
    await press('Add member');
    expect([...document.querySelectorAll('datalist option')].map((one) => one.getAttribute('value'))).toEqual([
      'cy@example.org',
      'service:s1',
    ]);
    expect(button('Save')?.disabled).toBe(true);
    await fill('Email of a user', ' cy@example.org ');
    await tick('runner');
    await press('Save');
    expect(page.sent()).toEqual([
      { method: 'PUT', path: '/api/projects/shop/members/cy%40example.org', body: { roles: ['viewer', 'runner'] } },
    ]);
    expect(textsOf('dialog .row-title')).toEqual(['cy']);
  });

  it('are not saved without a role', async () => {
    await open();
    await press('Change bo');
    await tick('viewer');
    expect(button('Save')?.disabled).toBe(true);
    await press('Cancel');
    expect(textsOf('dialog .row-title')).toEqual(['ada', 'bo']);
    expect(page.sent()).toEqual([]);
  });

  it('keep the form when the account is unknown', async () => {
    page.refuse(`${put}nobody%40example.org`, 404, 'user_not_found', 'No user has this address.');
    await open();
    await press('Add member');
    await fill('Email of a user', 'nobody@example.org');
    await press('Save');
    expect(alerts().join()).toContain('No user has this address.');
    expect(field('Email of a user')?.value).toBe('nobody@example.org');
  });

  it('lose a member only after a confirmation, which leads back to the list', async () => {
    page.answer(`${put}user%3Abo`, { members: [member('ada')] });
    await open();
    await press('Remove bo');
    expect(dialogTitle()).toBe('Remove bo from Shop?');
    expect(page.sent()).toEqual([]);
    await press('Remove member');
    expect(page.sent()).toEqual([{ method: 'PUT', path: '/api/projects/shop/members/user%3Abo', body: { roles: [] } }]);
    expect(dialogTitle()).toBe('Members of Shop');
    expect(textsOf('dialog .row-title')).toEqual(['ada']);
  });

  it('are shown without a request for accounts that the user may not list', async () => {
    page.signInAs('editor');
    await open();
    expect(page.count('GET /api/users')).toBe(0);
    expect(page.count('GET /api/services')).toBe(0);
  });
});

const userReply = { id: 'cy', name: 'Cy', isDisabled: false, hasSecondFactor: false, createdAt: 1, roles: {} };
