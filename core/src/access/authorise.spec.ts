import { describe, expect, it } from '@jest/globals';
import { authorise, isPerson, neverForBuilders } from './authorise.js';
import { permissions, Role, rolePermissions } from './permissions.js';
import { defaultProject, KeyScopes, localPrincipal, type Principal, type ResourceName } from './principal.js';

const run: ResourceName = { kind: 'run', id: 'r', project: defaultProject, workflow: 'w' };
const user = (role: Role, project = defaultProject): Principal => ({
  kind: 'user',
  id: 'user:u',
  name: 'U',
  roles: new Map([[project, [role]]]),
});
const key = (scopes: Partial<KeyScopes>): Principal => ({
  ...user('owner'),
  kind: 'key',
  id: 'key:k',
  scopes: { ...KeyScopes.parse({}), ...scopes },
});

describe('authorise', () => {
  it('gives each role exactly its permissions', () => {
    for (const role of Role.options) {
      for (const permission of permissions) {
        const expected = rolePermissions[role].has(permission) ? 'allowed' : 'forbidden';
        expect([role, permission, authorise(user(role), permission, run, 0)]).toEqual([role, permission, expected]);
      }
    }
  });

  it('hides resources of a project from the owner of another project', () => {
    expect(authorise(user('owner', 'other'), 'run:read', run, 0)).toBe('hidden');
    expect(authorise(user('owner', 'other'), 'user:manage', { kind: 'installation' }, 0)).toBe('forbidden');
  });

  it('refuses strangers, keys without scopes and expired keys', () => {
    const stranger: Principal = { kind: 'anonymous', id: 'anonymous', name: '', roles: new Map() };
    expect(authorise(stranger, 'run:read', run, 0)).toBe('unknown');
    const { scopes: _scopes, ...bare } = key({});
    expect(authorise(bare, 'run:read', run, 0)).toBe('unknown');
    expect(authorise({ ...bare, kind: 'share', id: 'share:l' }, 'run:read', run, 0)).toBe('unknown');
    expect(authorise(key({ expiresAt: 10 }), 'run:published', run, 9)).toBe('allowed');
    expect(authorise(key({ expiresAt: 10 }), 'run:published', run, 10)).toBe('unknown');
  });

  it('limits a key to its permissions and workflows, whatever roles its owner has', () => {
    expect(authorise(key({}), 'workflow:write', run, 0)).toBe('forbidden');
    expect(authorise(key({ workflows: ['w'] }), 'run:published', run, 0)).toBe('allowed');
    expect(authorise(key({ workflows: ['v'] }), 'run:published', run, 0)).toBe('hidden');
    expect(
      authorise(key({ workflows: [] }), 'run:published', { kind: 'workflow', id: 'w', project: defaultProject }, 0),
    ).toBe('hidden');
    const sender = key({ workflows: ['w'], permissions: ['file:write'] });
    expect(authorise(sender, 'file:write', { kind: 'file', project: defaultProject }, 0)).toBe('hidden');
  });

  it('lets a key without listed permissions only call published versions', () => {
    const allowed = permissions.filter((permission) => authorise(key({}), permission, run, 0) === 'allowed');
    expect(allowed).toEqual(['run:published']);
  });

  it('forbids a key that may build to decide, to give rights, and to read more than its tools do', () => {
    const builder = key({ permissions: [...permissions] });
    expect(authorise(builder, 'workflow:build', run, 0)).toBe('allowed');
    for (const permission of neverForBuilders) expect(authorise(builder, permission, run, 0)).toBe('forbidden');
    const other = key({ permissions: ['workflow:publish'] });
    expect(authorise(other, 'workflow:publish', run, 0)).toBe('allowed');
    expect([builder, other, user('owner'), localPrincipal].map(isPerson)).toEqual([false, false, true, true]);
  });

  it('runs drafts and documents for editors and owners alone', () => {
    const roles = Role.options.filter((role) => rolePermissions[role].has('run:draft'));
    expect(roles).toEqual(['editor', 'owner']);
    expect(Role.options.filter((role) => rolePermissions[role].has('run:document'))).toEqual(roles);
  });

  it('refuses new work in an archived project, and gives that reason only to principals who otherwise may do it', () => {
    const archived: ResourceName = { ...run, isArchived: true };
    expect(authorise(user('owner'), 'run:published', archived, 0)).toBe('archived');
    expect(authorise(localPrincipal, 'workflow:write', archived, 0)).toBe('archived');
    expect(authorise(user('viewer'), 'run:published', archived, 0)).toBe('forbidden');
    expect(authorise(user('owner', 'other'), 'run:published', archived, 0)).toBe('hidden');
    for (const permission of [
      'run:read',
      'run:control',
      'human-input:answer',
      'project:manage',
      'user:manage',
    ] as const)
      expect(authorise(user('owner'), permission, archived, 0)).toBe('allowed');
  });

  it('lets the person at the machine do everything', () => {
    for (const permission of permissions) expect(authorise(localPrincipal, permission, run, 0)).toBe('allowed');
    for (const permission of permissions)
      expect(authorise(localPrincipal, permission, { ...run, project: 'other' }, 0)).toBe('allowed');
  });
});
