import type { IdentityStores } from '@heddle/adapters/identity';
import { HeddleError, steadySource, toHeddleError, type Clock, type Principal } from '@heddle/core';
import { followPrincipal, type FollowedPrincipal } from './follow-principal.js';
import type { Credentials, Identity } from './identity.js';

/** How often it is asked: nobody hears for a second of what they may no longer see. */
const checkEveryMs = 500;

/** Somebody who hears for longer than one answer takes: a socket, an event stream, a call that waits. */
export interface HearingCaller {
  readonly principal: Principal;
  /** What they showed when they came. */
  readonly credentials: Credentials;
  /** Told who they are by now; what it throws ends their hearing. */
  readonly check: (principal: Principal) => void | Promise<void>;
  /** Told once, with the reason: they may hear no more. */
  readonly onLost: (error: HeddleError) => void;
}

export interface CallerRightsParts {
  readonly stores: IdentityStores;
  readonly identity: Identity;
  readonly clock: Clock;
}

/**
 * Asks again, for as long as somebody hears, who they are and whether they still may: a revoked session, key or user, a role that was
 * taken away and an end that has come cut what is open. A store that cannot be read now says nothing about anybody's rights: the next
 * round asks again.
 */
export class CallerRights {
  private readonly hearing = new Map<HearingCaller, FollowedPrincipal>();
  private stopTimer: (() => void) | undefined;

  constructor(private readonly parts: CallerRightsParts) {}

  /** From now on; the returned function ends it. */
  watch(caller: HearingCaller): () => void {
    this.hearing.set(caller, followPrincipal(this.parts, caller.principal, caller.credentials));
    this.plan();
    return () => {
      this.hearing.delete(caller);
      if (this.hearing.size > 0) return;
      this.stopTimer?.();
      this.stopTimer = undefined;
    };
  }

  private plan(): void {
    if (this.stopTimer !== undefined || this.hearing.size === 0) return;
    const time = steadySource(this.parts.clock);
    this.stopTimer = time.at(time.now() + checkEveryMs, () => {
      void Promise.all([...this.hearing].map(([caller, now]) => this.check(caller, now))).finally(() => {
        this.stopTimer = undefined;
        this.plan();
      });
    });
  }

  private async check(caller: HearingCaller, now: FollowedPrincipal): Promise<void> {
    try {
      const principal = await now();
      if (principal.kind === 'anonymous') throw new HeddleError('unauthorized', 'Sign in again to go on.');
      const end = principal.scopes?.expiresAt;
      if (end !== undefined && end <= this.parts.clock.now())
        throw new HeddleError('key_expired', `The API key '${principal.name}' has expired: ask for a new one.`);
      await caller.check(principal);
    } catch (thrown) {
      const error = toHeddleError(thrown);
      if (error.retryable || !this.hearing.delete(caller)) return;
      caller.onLost(error);
    }
  }
}
