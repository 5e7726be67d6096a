import { KeyScopes, localPrincipal, type Principal } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../../testing/test-server.js';
import { checkAccess } from './check-access.js';
import { principalById } from './principals.js';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

describe('what runs on with the rights of the person or key that created it', () => {
  it('names that person or key, why the rights are gone, and what to do', async () => {
    const stores = server.heddle.parts.identity;
    const { id } = await stores.users.create({ email: 'bob@example.org', name: 'Bob' });
    expect(await principalById(stores, `user:${id}`)).toMatchObject({ name: 'Bob' });
    const key = await stores.keys.create({
      name: 'shop',
      owner: `user:${id}`,
      project: 'default',
      scopes: KeyScopes.parse({}),
    });
    await stores.keys.revoke(key.key.id);
    await stores.users.setDisabled(id, true);
    const text = async (of: string): Promise<string> => {
      try {
        return (await principalById(stores, of)).name;
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    };
    expect(await text(`user:${id}`)).toBe(
      "This acts with the rights of the user 'Bob', whose account is disabled: enable the account, or let another person create it again.",
    );
    expect(await text(`key:${key.key.id}`)).toBe(
      "This acts with the rights of the API key 'shop', which was revoked: create it again with another key, or signed in.",
    );
    expect(await text('share:x')).toContain(
      "'share:x', who is not known here any more: let another person create it again.",
    );
    expect(await text(localPrincipal.id)).toBe(localPrincipal.name);
  });
});

describe('a key limited to single workflows', () => {
  it('is refused a setting of the whole installation, with the reason', () => {
    const scopes = KeyScopes.parse({ permissions: ['settings:read'], workflows: ['w1'] });
    const key: Principal = { kind: 'key', id: 'key:k', name: 'k', roles: new Map([['default', ['owner']]]), scopes };
    const check = () => checkAccess(key, 'settings:read', { kind: 'installation' }, createFakeClock());
    expect(check).toThrow(expect.objectContaining({ code: 'scope_missing', status: 403 }));
    expect(check).toThrow(/single workflows only.*use a key that is not limited/);
  });
});
