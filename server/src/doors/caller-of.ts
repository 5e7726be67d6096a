import { HeddleError, type Principal } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { principalOf } from '../auth/caller.js';
import { checkAccess } from '../auth/check-access.js';
import { limitCaller } from '../auth/limit-caller.js';
import { homeOf } from '../auth/project-view.js';
import type { Heddle } from '../heddle/heddle.js';

/**
 * Who calls a door whose body, not its path, names what is acted on: the guard cannot know the resource there, so the door asks
 * `authorise` itself once it has read the body. Errors: `unauthorized`, and those of `identify`.
 */
export async function callerOf(heddle: Heddle, request: FastifyRequest): Promise<Principal> {
  const { headers, ip, method, url } = request;
  const principal = principalOf(request) ?? (await heddle.identity.identify({ headers, ip, method, url }));
  limitCaller(heddle, principal, ip, homeOf(principal));
  if (principal.kind === 'anonymous')
    throw new HeddleError('unauthorized', 'Send an API key as "Authorization: Bearer …".');
  return principal;
}

/** Whether a caller may run a workflow. Errors: `unauthorized`, `not_found`, `forbidden`. */
export async function checkMayRun(heddle: Heddle, principal: Principal, workflowId: string): Promise<void> {
  checkAccess(principal, 'run:published', await heddle.ownership.resourceOf('workflow', workflowId), heddle.clock);
}

/** Whether a caller may ask a model without a workflow around it. Errors: as above. */
export async function checkMayTry(heddle: Heddle, principal: Principal, model: string): Promise<void> {
  checkAccess(principal, 'model:try', await heddle.ownership.resourceOf('model', model), heddle.clock);
}
