import type { IdentityStores } from '@heddle/adapters/identity';
import { HeddleError, type Principal } from '@heddle/core';
import type { Credentials, Identity } from './identity.js';
import { principalById } from './principals.js';
import { readSessionCookie } from './session-cookie.js';

/** What following works with. */
export interface FollowParts {
  readonly stores: IdentityStores;
  readonly identity: Identity;
}

/** Who somebody is by now. Errors: those of a session, key or user that is gone. */
export type FollowedPrincipal = () => Promise<Principal>;

/**
 * Finds again and again who opened a connection that stays open, with the rights of that moment. Asking counts neither as a call of a
 * key nor as a use of a session, and a session is known by its id, since its token is given out anew while the connection lives.
 * Nothing is looked up before the first question: most answers are over by then.
 */
export function followPrincipal(
  { stores, identity }: FollowParts,
  principal: Principal,
  credentials: Credentials,
): FollowedPrincipal {
  if (principal.kind === 'key') return () => settled(() => principalById(stores, principal.id));
  // A link is shown in the address, and its own check asks whether it still opens.
  if (principal.kind === 'share') return () => Promise.resolve(principal);
  if (principal.kind !== 'user') return () => identity.identify(credentials);
  let id: string | undefined;
  return () =>
    settled(() => {
      id ??= sessionIdOf(stores, credentials);
      if (id === undefined || !stores.sessions.isAlive(id))
        throw new HeddleError('session_expired', 'Your session has ended: sign in again.');
      return principalById(stores, principal.id);
    });
}

function sessionIdOf({ sessions }: IdentityStores, { headers }: Credentials): string | undefined {
  const token = readSessionCookie(headers)?.token;
  const session = token === undefined ? undefined : sessions.find(token);
  return session === undefined || session === 'ended' ? undefined : session.id;
}

const settled = (find: () => Principal): Promise<Principal> => new Promise((resolve) => resolve(find()));
