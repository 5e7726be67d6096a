import { HeddleError, type Principal } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { principalOf } from '../auth/caller.js';
import { checkModel } from '../authority/authorised-resources.js';
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

/** Passes where a caller may ask a model without a workflow around it. Errors: as above, `model_unknown`, `connection_not_found`. */
export function checkMayTry({ grants, clock }: Heddle, principal: Principal, model: string): void {
  const project = homeOf(principal);
  checkAccess(principal, 'model:try', { kind: 'model', id: model, project }, clock, model);
  // A model that is not granted is answered like one that is not here.
  checkModel({ mayUse: (kind, id) => grants.has(project, kind, id) }, model);
}
