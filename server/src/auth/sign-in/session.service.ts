import type { IdentityStores, StoredSession } from '@heddle/adapters/identity';
import {
  HeddleError,
  type Audit,
  type Clock,
  type GuardedWrite,
  type Principal,
  type SessionReply,
} from '@heddle/core';

/** The browser of a user who signs in. */
export interface Browser {
  readonly ip: string;
  readonly agent: string;
  /** Whether the page came over TLS. */
  readonly isSecure: boolean;
}

/** A new session. Its token is sent only in the cookie. */
export interface BegunSession {
  readonly token: string;
  readonly isSecure: boolean;
}

/** Creates a session, and the writes that begin it for the commit of the sign-in. */
export function beginSession(
  { sessions }: IdentityStores,
  userId: string,
  { isSecure, agent }: Browser,
): { readonly session: BegunSession; readonly writes: readonly GuardedWrite[] } {
  const { token, writes } = sessions.write.begin(userId, { isSecure, agent });
  return { session: { token, isSecure }, writes };
}

/** A token is replaced after this time in use, so that a stolen token expires soon. */
const rotateMs = 3_600_000;

/** Lists and ends the sessions of a user. */
export class SessionService {
  constructor(
    private readonly stores: IdentityStores,
    private readonly audit: Audit,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Latest use first. */
  async list(principal: Principal, token: string | undefined): Promise<SessionReply[]> {
    const current = await this.current(token);
    const sessions = await this.stores.sessions.list(userIdOf(principal));
    return sessions.map(({ id, agent, createdAt, seenAt }) => ({
      id,
      agent,
      createdAt,
      seenAt,
      isCurrent: id === current?.id,
    }));
  }

  /** Replaces the token of a session that has been in use for long; undefined otherwise. */
  async rotated(token: string): Promise<BegunSession | undefined> {
    const session = await this.current(token);
    if (session === undefined || this.clock.now() - session.rotatedAt < rotateMs) return undefined;
    const next = await this.stores.sessions.rotate(session);
    return next === undefined ? undefined : { token: next, isSecure: session.isSecure };
  }

  /** Ends the session of this token. */
  async signOut(principal: Principal, token: string | undefined): Promise<void> {
    const session = await this.current(token);
    if (session !== undefined) await this.endOf(principal.id, session.userId, 'this session', session.id);
  }

  /** Ends one session of this user. Errors: `not_found`. */
  async end(principal: Principal, id: string): Promise<void> {
    const userId = userIdOf(principal);
    if (!(await this.stores.sessions.list(userId)).some((session) => session.id === id))
      throw new HeddleError('not_found', `You have no session '${id}': it may have ended.`);
    await this.endOf(principal.id, userId, 'another session', id);
  }

  /** Ends all sessions of this user, except the session of `butToken`. */
  async endAll(principal: Principal, butToken?: string): Promise<void> {
    await this.endEverySession(principal.id, userIdOf(principal), (await this.current(butToken))?.id);
  }

  /** Ends all sessions of another user. Errors: `user_not_found`. */
  async endAllOf(who: Principal, userId: string): Promise<void> {
    await this.stores.users.get(userId);
    await this.endEverySession(who.id, userId);
  }

  private async endEverySession(who: string, userId: string, but?: string): Promise<void> {
    const details = { step: but === undefined ? 'everywhere' : 'everywhere else' } as const;
    const ended = this.stores.sessions.write.endAll(userId, but);
    await this.audit.commit({ kind: 'sign-out', who, subject: `user:${userId}`, details }, ended);
  }

  private async endOf(
    who: string,
    userId: string,
    step: 'this session' | 'another session',
    id: string,
  ): Promise<void> {
    const details = { step, session: id };
    const ended = this.stores.sessions.write.end(id);
    await this.audit.commit({ kind: 'sign-out', who, subject: `user:${userId}`, details }, ended);
  }

  private async current(token: string | undefined): Promise<StoredSession | undefined> {
    const session = token === undefined ? undefined : await this.stores.sessions.find(token);
    return session === 'ended' ? undefined : session;
  }
}

/** Errors: `forbidden` for a caller without sessions. */
function userIdOf(principal: Principal): string {
  if (principal.kind !== 'user') throw new HeddleError('forbidden', 'Only a signed-in user has sessions.');
  return principal.id.slice('user:'.length);
}
