import type { IdentityStores } from '@heddle/adapters/identity';
import { HeddleError, localPrincipal, type Principal } from '@heddle/core';
import { ownerRoles } from '../account-identity.js';

/**
 * The current principal of an id, for work that continues after its request: schedules, webhooks, batches and share pages run with the
 * current rights of the person who made them. Errors: `forbidden` if the principal no longer exists.
 */
export async function principalById(stores: IdentityStores, id: string): Promise<Principal> {
  if (id === localPrincipal.id) return localPrincipal;
  const kind = id.slice(0, id.indexOf(':'));
  const name = id.slice(id.indexOf(':') + 1);
  switch (kind) {
    case 'user': {
      const user = await stores.users.get(name);
      if (user.isDisabled)
        throw gone(
          `the user '${user.name}', whose account is disabled`,
          'enable the account, or let another person create it again',
        );
      return { kind: 'user', id, name: user.name, roles: await stores.projects.rolesOf(id) };
    }
    case 'key': {
      const key = await stores.keys.get(name);
      if (key.revokedAt !== undefined)
        throw gone(`the API key '${key.name}', which was revoked`, 'create it again with another key, or signed in');
      const roles = new Map([[key.project, await ownerRoles(stores, key)]]);
      return { kind: 'key', id, name: key.name, roles, scopes: key.scopes };
    }
    case 'service':
      return { kind: 'service', id, name, roles: await stores.projects.rolesOf(id) };
    default:
      throw gone(`'${id}', who is not known here any more`, 'let another person create it again');
  }
}

/** The error for a schedule, webhook, batch or link whose maker no longer has any rights. */
function gone(maker: string, advice: string): HeddleError {
  return new HeddleError('forbidden', `This acts with the rights of ${maker}: ${advice}.`);
}
