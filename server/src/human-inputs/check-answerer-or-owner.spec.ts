import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultProject, KeyScopes, type OpenRequest, type Principal, type Role } from '@heddle/core';
import { principalById } from '../auth/rights/principals.js';
import { createTestHeddle } from '../testing/test-heddle.js';
import { checkAnswererOrOwner } from './check-answerer-or-owner.js';

let heddle: ReturnType<typeof createTestHeddle>;
beforeEach(() => {
  heddle = createTestHeddle();
});
afterEach(async () => {
  await heddle.stop();
  await heddle.close();
});

/** Adds a user with these roles, and returns the id. */
async function add(name: string, ...roles: readonly Role[]): Promise<string> {
  const { users, projects } = heddle.parts.identity;
  const { id } = await users.create({ email: `${name}@example.org`, name });
  await projects.setRoles(defaultProject, `user:${id}`, roles);
  return id;
}
const now = (id: string): Promise<Principal> => principalById(heddle.parts.identity, `user:${id}`);
const check = async (caller: string, question: Partial<OpenRequest['question']>): Promise<void> => {
  const ask = { requestId: 'a', runId: 'r', path: 'ask', time: 0, question: { title: 'T', schema: {}, ...question } };
  const { ownership, clock, parts } = heddle;
  return checkAnswererOrOwner(ask, await now(caller), { stores: parts.identity, ownership, clock });
};

describe('a question with an assignee', () => {
  it('cannot be answered by an owner while the assignee may answer', async () => {
    const ada = await add('ada', 'owner');
    await add('bob', 'approver');
    await expect(check(ada, { assignee: 'bob@example.org' })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it.each<[string, (bob: string) => void]>([
    ['is disabled', (bob) => heddle.parts.identity.users.setDisabled(bob, true)],
    ['left the project', (bob) => heddle.parts.identity.projects.setRoles(defaultProject, `user:${bob}`, [])],
    ['may only look', (bob) => heddle.parts.identity.projects.setRoles(defaultProject, `user:${bob}`, ['viewer'])],
  ])('who %s can be answered only by an owner', async (_what, change) => {
    const ada = await add('ada', 'owner');
    const bob = await add('bob', 'approver');
    const eve = await add('eve', 'approver', 'editor');
    change(bob);
    await check(ada, { assignee: 'bob@example.org' });
    await expect(check(eve, { assignee: 'bob@example.org' })).rejects.toThrow('an owner of the project may');
    // The request was escalated to Eve, who may answer.
    const passedOn = { assignee: 'bob', escalateTo: 'eve', remindAt: 1 };
    await check(eve, passedOn);
    await expect(check(ada, passedOn)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('who is unknown, ambiguous, or a revoked key can be answered by an owner in time', async () => {
    const ada = await add('ada', 'owner');
    const { keys, users } = heddle.parts.identity;
    await users.create({ email: 'bo@example.org', name: 'Bo' });
    await users.create({ email: 'other.bo@example.org', name: 'Bo' });
    const scopes = KeyScopes.parse({ permissions: ['human-input:answer'] });
    const { key } = await keys.create({ name: 'k', owner: `user:${ada}`, project: defaultProject, scopes });
    await expect(check(ada, { assignee: `key:${key.id}` })).rejects.toMatchObject({ code: 'forbidden' });
    await keys.revoke(key.id);
    for (const assignee of ['nobody@example.org', 'Bo', `key:${key.id}`, 'service:gone'])
      await check(ada, { assignee });
    await expect(check(ada, { assignee: 'nobody', dueAt: 1 })).rejects.toMatchObject({ code: 'human_input_decided' });
  });
});
