import { describe, expect, it } from '@jest/globals';
import { defaultProject, KeyScopes, type Principal } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { checkAccess } from './check-access.js';

describe('checkAccess', () => {
  it('explains to a key that an upgrade narrowed what happened, and which right to add', () => {
    const key: Principal = {
      kind: 'key',
      id: 'key:k',
      name: 'Robot',
      roles: new Map([[defaultProject, ['owner']]]),
      scopes: KeyScopes.parse({}),
    };
    const check = (principal: Principal) => (): void =>
      checkAccess(principal, 'run:draft', { kind: 'workflow', id: 'w', project: defaultProject }, createFakeClock());
    expect(check({ ...key, narrowedFrom: ['run:start'] })).toThrow(/An upgrade narrowed this key .*'run:draft'/);
    expect(check(key)).toThrow(/it needs the right 'run:draft'\.$/);
  });
});
