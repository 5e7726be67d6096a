import type { IdentityStores } from '@heddle/adapters/identity';
import { HeddleError, type Principal } from '@heddle/core';
import type { Credentials, Identity } from '../identity.js';
import { principalById } from './principals.js';
import { readSessionCookie } from '../sign-in/session-cookie.js';

/** What a round of checks has read. Callers with the same session, user or key share it. */
export class RoundOfChecks {
  private readonly sessions = new Map<string, Promise<boolean>>();
  private readonly principals = new Map<string, Promise<Principal>>();

  constructor(private readonly stores: IdentityStores) {}

  isAlive(session: string): Promise<boolean> {
    const known = this.sessions.get(session) ?? this.stores.sessions.isAlive(session);
    this.sessions.set(session, known);
    return known;
  }

  principal(id: string): Promise<Principal> {
    const known = this.principals.get(id) ?? principalById(this.stores, id);
    this.principals.set(id, known);
    return known;
  }
}

/** Returns the principal as of this round. Errors: those of a session, key or user that no longer exists. */
export type FollowedPrincipal = (round: RoundOfChecks) => Promise<Principal>;

/**
 * Follows the owner of a long-lived connection, with their current rights. A check counts neither as a call of a key nor as use of a
 * session. A session is identified by its id, because its token is replaced while the connection lives. Nothing is read before the first
 * check, because most replies end before it.
 */
export function followPrincipal(
  stores: IdentityStores,
  identity: Identity,
  { principal, credentials }: { readonly principal: Principal; readonly credentials: Credentials },
): FollowedPrincipal {
  if (principal.kind === 'key') return (round) => round.principal(principal.id);
  // The token of a share link is in the address. A separate check asks whether the link is still open.
  if (principal.kind === 'share') return () => Promise.resolve(principal);
  // A program that acts for a user has a token and no session.
  if (principal.kind !== 'user' || principal.scopes !== undefined) return () => identity.identify(credentials);
  let id: string | undefined;
  return async (round) => {
    id ??= await sessionIdOf(stores, credentials);
    if (id === undefined || !(await round.isAlive(id)))
      throw new HeddleError('session_expired', 'Your session has ended: sign in again.');
    return round.principal(principal.id);
  };
}

async function sessionIdOf({ sessions }: IdentityStores, { headers }: Credentials): Promise<string | undefined> {
  const token = readSessionCookie(headers)?.token;
  const session = token === undefined ? undefined : await sessions.find(token);
  return session === undefined || session === 'ended' ? undefined : session.id;
}
