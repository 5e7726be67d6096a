import type { IdentityStores } from '@heddle/adapters/identity';
import { HeddleError, steadySource, toHeddleError, type Clock, type Principal } from '@heddle/core';
import { followPrincipal, RoundOfChecks, type FollowedPrincipal } from './follow-principal.js';
import type { Credentials, Identity } from '../identity.js';

/** The interval of the check: a caller who has lost the right receives data for less than a second. */
const checkEveryMs = 500;

/** A caller who receives data for longer than one ordinary reply: a socket, an event stream, a call that waits. */
interface SubscribedCaller {
  readonly principal: Principal;
  /** The credentials of the first request. */
  readonly credentials: Credentials;
  /** Called with the current principal; if it throws, the stream ends. */
  readonly check: (principal: Principal) => void | Promise<void>;
  /** Called once when the caller has lost the right, with the reason. */
  readonly onLost: (error: HeddleError) => void;
}

/**
 * Checks repeatedly whether long-lived callers are still who they were and still have their rights. A revoked session, key or user, a
 * removed role and an expiry end the stream. If the store cannot be read, the next round checks again.
 */
export class CallerRights {
  private readonly subscription = new Map<SubscribedCaller, FollowedPrincipal>();
  private stopTimer: (() => void) | undefined;

  constructor(
    private readonly stores: IdentityStores,
    private readonly identity: Identity,
    private readonly clock: Clock,
  ) {}

  /** Checks the caller from now on. The returned function ends this. */
  watch(caller: SubscribedCaller): () => void {
    this.subscription.set(caller, followPrincipal(this.stores, this.identity, caller));
    this.plan();
    return () => {
      this.subscription.delete(caller);
      if (this.subscription.size > 0) return;
      this.stopTimer?.();
      this.stopTimer = undefined;
    };
  }

  private plan(): void {
    if (this.stopTimer !== undefined || this.subscription.size === 0) return;
    const time = steadySource(this.clock);
    this.stopTimer = time.at(time.now() + checkEveryMs, () => {
      const round = new RoundOfChecks(this.stores);
      void Promise.all([...this.subscription].map(([caller, now]) => this.check(caller, now, round))).finally(() => {
        this.stopTimer = undefined;
        this.plan();
      });
    });
  }

  private async check(caller: SubscribedCaller, now: FollowedPrincipal, round: RoundOfChecks): Promise<void> {
    try {
      const principal = await now(round);
      if (principal.kind === 'anonymous') throw new HeddleError('unauthorized', 'Sign in again to go on.');
      const end = principal.scopes?.expiresAt;
      if (end !== undefined && end <= this.clock.now())
        throw new HeddleError('key_expired', `The API key '${principal.name}' has expired: ask for a new one.`);
      await caller.check(principal);
    } catch (thrown) {
      const error = toHeddleError(thrown);
      if (error.retryable || !this.subscription.delete(caller)) return;
      caller.onLost(error);
    }
  }
}
