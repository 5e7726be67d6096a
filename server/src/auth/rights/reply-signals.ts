import { HeddleError, type Principal } from '@heddle/core';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { principalOf, resourceOf, ruleOf } from '../caller.js';
import { CallerRights } from './caller-rights.js';
import { checkAccess } from './check-access.js';
import { TrustedClock } from '../../common/trusted-clock.js';
import { requestCredentials } from '../request-credentials.js';

/** The caller to check, for routes that identify callers themselves. Other routes use the caller and the rule of the guard. */
export interface ReplySubscription {
  readonly principal: Principal;
  readonly check: (principal: Principal) => void | Promise<void>;
}

/** Signals that end long replies. */
@Injectable()
export class ReplySignals {
  constructor(
    private readonly rights: CallerRights,
    private readonly clock: TrustedClock,
  ) {}

  /**
   * Returns a signal that aborts when the caller disconnects before the reply is sent, or loses the right to it. In the latter case
   * `lostRight` returns the reason.
   *
   * @example const signal = this.signals.open(reply);
   */
  open(reply: FastifyReply, subscription?: ReplySubscription): AbortSignal {
    const { request, raw } = reply;
    const controller = new AbortController();
    const principal = subscription?.principal ?? principalOf(request);
    const stop =
      principal === undefined
        ? undefined
        : this.rights.watch({
            principal,
            credentials: requestCredentials(request),
            check: subscription?.check ?? ((now) => this.checkRule(request, now)),
            onLost: (error) => controller.abort(error),
          });
    // Listens on the response: a connection serves many requests and would collect listeners.
    raw.once('close', () => {
      stop?.();
      controller.abort(goneAway);
    });
    return controller.signal;
  }

  private checkRule(request: FastifyRequest, principal: Principal): void {
    const permission = ruleOf(request);
    const resource = resourceOf(request);
    if (permission !== undefined && resource !== undefined) checkAccess(principal, permission, resource, this.clock);
  }
}

/** One shared error, because every reply ends with it and creating an error is expensive. */
const goneAway = new DOMException('The caller went away.', 'AbortError');

/** The error of a caller who has lost the right to a reply; undefined in all other cases. */
export function lostRight(signal: AbortSignal): HeddleError | undefined {
  const reason: unknown = signal.reason;
  return reason instanceof HeddleError ? reason : undefined;
}
