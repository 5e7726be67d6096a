import type { IdentityStores } from '@heddle/adapters/identity';
import { HeddleError, type Principal } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { expect, it } from '@jest/globals';
import type { Identity } from '../identity.js';
import { CallerRights } from './caller-rights.js';

/** Keys of a project, which note when they are read. */
function keyring() {
  const reads: string[] = [];
  const revoked = new Set<string>();
  const stores = {
    keys: {
      async get(id: string) {
        reads.push(id);
        return {
          id,
          name: id,
          owner: 'service:s',
          project: 'p',
          scopes: {},
          revokedAt: revoked.has(id) ? 1 : undefined,
        };
      },
    },
    projects: { rolesOf: async () => new Map() },
  } as unknown as IdentityStores; // Only the stores that a check of a key reads.
  return { stores, reads, revoked };
}

const keyOf = (id: string): Principal => ({ kind: 'key', id: `key:${id}`, name: id, roles: new Map() });

it('reads each key once per check, however many callers use it, and ends all of them when the key is revoked', async () => {
  const { stores, reads, revoked } = keyring();
  const clock = createFakeClock();
  const rights = new CallerRights(stores, {} as Identity, clock);
  const lost: string[] = [];
  const checked: string[] = [];
  for (const [index, id] of ['a', 'a', 'a', 'b'].entries())
    rights.watch({
      principal: keyOf(id),
      credentials: { headers: {} } as Parameters<CallerRights['watch']>[0]['credentials'],
      check: ({ name }) => void checked.push(name),
      onLost: (error: HeddleError) => lost.push(`${id}${index} ${error.code}`),
    });
  await clock.advance(500);
  expect(reads.sort()).toEqual(['a', 'b']);
  expect(checked.sort()).toEqual(['a', 'a', 'a', 'b']);
  revoked.add('a');
  await clock.advance(500);
  expect(reads.sort()).toEqual(['a', 'a', 'b', 'b']);
  expect(lost.sort()).toEqual(['a0 forbidden', 'a1 forbidden', 'a2 forbidden']);
});
