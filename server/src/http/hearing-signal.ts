import { HeddleError, type Principal } from '@heddle/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { principalOf, resourceOf, ruleOf } from '../auth/caller.js';
import { checkAccess } from '../auth/check-access.js';
import type { Heddle } from '../heddle/heddle.js';
import { requestCredentials } from './access.guard.js';

/** Who hears, at doors that find it out themselves; else it is whom the guard found, under the rule that the route declares. */
export interface Hearing {
  readonly principal: Principal;
  readonly check: (principal: Principal) => void | Promise<void>;
}

/**
 * Aborted when the caller goes away before the reply is sent, or may no longer hear it: then `lostRight` tells why.
 *
 * @example const signal = hearingSignal(heddle, reply);
 */
export function hearingSignal(heddle: Heddle, reply: FastifyReply, hearing?: Hearing): AbortSignal {
  const { request, raw } = reply;
  const controller = new AbortController();
  const principal = hearing?.principal ?? principalOf(request);
  const stop =
    principal === undefined
      ? undefined
      : heddle.rights.watch({
          principal,
          credentials: requestCredentials(request),
          check: hearing?.check ?? ((now) => checkRule(heddle, request, now)),
          onLost: (error) => controller.abort(error),
        });
  // The response's own event: a connection serves many requests, and would collect listeners.
  raw.once('close', () => {
    stop?.();
    controller.abort(goneAway);
  });
  return controller.signal;
}

/** One for all: every answer ends with it, and an error costs more to make than most answers need it. */
const goneAway = new DOMException('The caller went away.', 'AbortError');

/** Why somebody may no longer hear; undefined where they may, or have gone away. */
export function lostRight(signal: AbortSignal): HeddleError | undefined {
  const reason: unknown = signal.reason;
  return reason instanceof HeddleError ? reason : undefined;
}

function checkRule(heddle: Heddle, request: FastifyRequest, principal: Principal): void {
  const permission = ruleOf(request);
  const resource = resourceOf(request);
  if (permission !== undefined && resource !== undefined) checkAccess(principal, permission, resource, heddle.clock);
}
