import type { IdentityStores } from '@heddle/adapters/identity';
import {
  authorise,
  defaultProject,
  HeddleError,
  toHeddleError,
  type Clock,
  type OpenRequest,
  type Principal,
  type ResourceName,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import { principalById } from '../auth/rights/principals.js';
import { checkAnswerer, escalatedTo } from './may-answer.js';
import { principalCalled, type NamedUsers } from './named-users.js';

interface AnswererSources {
  readonly stores: IdentityStores;
  readonly ownership: Pick<Ownership, 'resourceOf'>;
  readonly clock: Clock;
}

/**
 * Checks that a caller may answer. If none of the people who were asked can answer any more, for example because they left, an owner of the
 * project may; otherwise the run would wait for ever. Errors: `forbidden`, `human_input_decided`.
 */
export async function checkAnswererOrOwner(
  request: OpenRequest,
  caller: Principal,
  parts: AnswererSources,
): Promise<void> {
  const { stores, ownership, clock } = parts;
  const { assignee } = request.question;
  const users = await stores.users.list();
  try {
    checkAnswerer(request, caller, users, clock.now());
  } catch (error) {
    if (assignee === undefined || toHeddleError(error).code !== 'forbidden') throw error;
    const run = await ownership.resourceOf('run', request.runId);
    const asked = [assignee, escalatedTo(request.question, clock.now())];
    for (const name of asked) if (name !== undefined && (await canAnswer(name, users, run, parts))) throw error;
    if (!isOwner(caller, run))
      throw new HeddleError(
        'forbidden',
        `The question '${request.requestId}' is for ${assignee} to answer, who cannot any more: an owner of the project may.`,
        { details: { requestId: request.requestId } },
      );
    checkAnswerer({ ...request, question: { ...request.question, assignee: caller.id } }, caller, users, clock.now());
  }
}

const isOwner = ({ kind, roles }: Principal, { project = defaultProject }: ResourceName): boolean =>
  kind === 'user' && (roles.get(project)?.includes('owner') ?? false);

/** Whether a named person exists and may answer questions of this run. */
async function canAnswer(
  name: string,
  users: NamedUsers,
  run: ResourceName,
  { stores, clock }: AnswererSources,
): Promise<boolean> {
  const id = principalCalled(name, users);
  if (id === undefined) return false;
  try {
    return authorise(await principalById(stores, id), 'human-input:answer', run, clock.now()) === 'allowed';
  } catch {
    return false; // The principal with this id was removed.
  }
}
