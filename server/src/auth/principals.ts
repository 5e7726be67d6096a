import type { IdentityStores } from '@heddle/adapters/identity';
import { HeddleError, localPrincipal, type Principal } from '@heddle/core';
import { ownerRoles } from './account-identity.js';

/**
 * The principal of an id as it is now, for work that goes on after its request: schedules, webhooks, batches and share pages run with
 * the rights that their maker has at that moment. Errors: `forbidden` where there is nobody any more.
 */
export function principalById(stores: IdentityStores, id: string): Principal {
  if (id === localPrincipal.id) return localPrincipal;
  const kind = id.slice(0, id.indexOf(':'));
  const name = id.slice(id.indexOf(':') + 1);
  switch (kind) {
    case 'user': {
      const user = stores.users.get(name);
      if (user.isDisabled)
        throw gone(
          `the user '${user.name}', whose account is disabled`,
          'enable the account, or let somebody else make it anew',
        );
      return { kind: 'user', id, name: user.name, roles: stores.projects.rolesOf(id) };
    }
    case 'key': {
      const key = stores.keys.get(name);
      if (key.revokedAt !== undefined)
        throw gone(`the API key '${key.name}', which was revoked`, 'make it anew with another key, or signed in');
      const roles = new Map([[key.project, ownerRoles(stores, key)]]);
      return { kind: 'key', id, name: key.name, roles, scopes: key.scopes };
    }
    case 'service':
      return { kind: 'service', id, name, roles: stores.projects.rolesOf(id) };
    default:
      throw gone(`'${id}', who is not known here any more`, 'let somebody else make it anew');
  }
}

/** What was made goes on with the rights of its maker, who has none any more. */
function gone(maker: string, advice: string): HeddleError {
  return new HeddleError('forbidden', `This acts with the rights of ${maker}: ${advice}.`);
}
