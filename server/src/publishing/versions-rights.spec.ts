import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Role } from '@heddle/core';
import { openPublished } from '../channels/testing/open-published.js';
import type { TestServer } from '../testing/test-server.js';

describe('the check before publishing', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openPublished({ settings: { HEDDLE_SIGN_IN: 'required' } });
  });
  afterAll(() => server.close());

  it.each([
    ['viewer', 403, 403],
    ['runner', 403, 403],
    ['auditor', 403, 403],
    ['editor', 200, 403],
    ['approver', 200, 201],
    ['owner', 200, 201],
  ] satisfies [Role, number, number][])(
    'is shown to people who may edit or publish: %s',
    async (role, check, publish) => {
      const { users, projects, sessions } = server.heddle.parts.identity;
      const { id } = await users.create({ email: `${role}@example.org`, name: role });
      await projects.setRoles('default', `user:${id}`, [role]);
      const { token } = await sessions.begin(id, { isSecure: false, agent: '' });
      const headers = { cookie: `heddle=${token}`, origin: server.address };
      const checked = await server.call('POST', '/api/workflows/echo/publish/check', {}, headers);
      expect(checked.status).toBe(check);
      const acceptDataMap = checked.body.dataMapHash ?? true;
      expect((await server.call('POST', '/api/workflows/echo/publish', { acceptDataMap }, headers)).status).toBe(
        publish,
      );
    },
  );
});
