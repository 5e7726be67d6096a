/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Role, type MeReply, type Permission, type ProjectReply } from '@heddle/core';
import { currentProject, forgetProject, storeProject } from './current-project.js';
import { meStore } from './known-me.js';
import { may, mayNow } from './me-store.js';
import { projectById, projectNow, projectStore } from './project-store.js';

const user = (roles: Readonly<Record<string, readonly string[]>>): MeReply =>
  ({
    isSignInNeeded: true,
    hasUsers: true,
    principal: { kind: 'user', id: 'user:u', name: 'Una', roles },
  }) as unknown as MeReply;
const project = (id: string, more: Partial<ProjectReply> = {}): ProjectReply => ({
  id,
  name: id,
  roles: ['viewer'],
  isManager: false,
  ...more,
});

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  currentProject.setState({ id: undefined });
});
afterEach(() => {
  meStore.setState({ me: undefined });
  projectStore.setState({ projects: undefined });
  currentProject.setState({ id: undefined });
  sessionStorage.clear();
  localStorage.clear();
});

describe('the rights of a user', () => {
  it.each<[string, MeReply | undefined, boolean]>([
    ['the user is not known yet', undefined, false],
    ['no sign-in is needed', { isSignInNeeded: false, hasUsers: false }, true],
    ['nobody is signed in', { isSignInNeeded: true, hasUsers: true }, false],
    [
      'the user is the local user',
      { ...user({}), principal: { ...user({}).principal, kind: 'local' } } as MeReply,
      true,
    ],
    ['the user is a viewer', user({ shop: ['viewer'] }), false],
    ['the user is an editor', user({ shop: ['editor'] }), true],
    ['one of several roles suffices', user({ shop: ['viewer', 'owner'] }), true],
    ['the user has no role', user({}), false],
  ])('allow writing when %s: %p', (_what, me, isAllowed) => {
    expect(may(me, 'workflow:write', { id: 'shop' })).toBe(isAllowed);
  });

  it('count in their own project only', () => {
    const me = user({ shop: ['owner'], mill: ['viewer'] });
    expect(['shop', 'mill', 'other'].map((id) => may(me, 'workflow:write', { id }))).toEqual([true, false, false]);
    expect(may(me, 'workflow:write')).toBe(true);
  });

  it.each(Role.options)('allow the role %s no change in an archived project', (role) => {
    for (const permission of ['workflow:write', 'run:draft', 'collection:write'] satisfies Permission[])
      expect(may(user({ shop: [role] }), permission, { id: 'shop', archivedAt: 1 })).toBe(false);
  });

  it('are assumed until they are known, as the server decides anyway', () => {
    expect(mayNow('workflow:write')).toBe(true);
    meStore.setState({ me: user({ shop: ['viewer'] }) });
    projectStore.setState({ projects: [project('shop')] });
    expect(mayNow('workflow:write')).toBe(false);
  });
});

describe('the project of this tab', () => {
  it('is kept for this tab and for the next one', () => {
    expect(storeProject('shop')).toBe(true);
    expect([currentProject.getState().id, sessionStorage.length, localStorage.length]).toEqual(['shop', 1, 1]);
    forgetProject();
    expect([currentProject.getState().id, sessionStorage.length, localStorage.length]).toEqual([undefined, 0, 0]);
  });

  it('is not changed when the browser cannot store it, as a reload would lose it', () => {
    const full = jest.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('Full', 'QuotaExceededError');
    });
    const isKept = storeProject('shop');
    full.mockRestore();
    expect([isKept, currentProject.getState().id]).toEqual([false, undefined]);
  });

  it.each<[string, readonly ProjectReply[] | undefined, string | undefined, string | undefined]>([
    ['none while the projects are unknown', undefined, 'a', undefined],
    ['the only one, without a choice', [project('a')], undefined, 'a'],
    ['the chosen one', [project('a'), project('b')], 'b', 'b'],
    ['none of several without a choice', [project('a'), project('b')], undefined, undefined],
    ['none of several when the chosen one is gone', [project('a'), project('b')], 'c', undefined],
  ])('is %s', (_what, projects, chosen, id) => {
    projectStore.setState({ projects });
    currentProject.setState({ id: chosen });
    expect(projectNow()?.id).toBe(id);
  });

  it('is known by its id alone when it is not in the list', () => {
    projectStore.setState({ projects: [project('a', { archivedAt: 5 })] });
    expect([projectById('a').archivedAt, projectById('b'), projectById()]).toEqual([5, { id: 'b' }, { id: 'default' }]);
  });
});
