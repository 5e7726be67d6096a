import type { IdentityStores } from '@heddle/adapters/identity';
import { collectionNotFound, withoutUndefined, type Clock, type EvaluationScope, type Principal } from '@heddle/core';
import type { ProjectGrants } from '../authority/project-grants.js';
import { checkAccess } from '../auth/rights/check-access.js';
import type { Ownership } from '../auth/rights/ownership.js';
import { principalById } from '../auth/rights/principals.js';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';
import type { PassageSource } from './plan-questions.js';

export interface RightsSources {
  /** The collections that a user may read. */
  readonly collectionsOf: (owner: string) => PassageSource;
  readonly evaluators: Pick<EvaluatorService, 'checkModels'>;
  readonly ownership: Ownership;
  readonly grants: Pick<ProjectGrants, 'has'>;
  readonly identity: IdentityStores;
  readonly clock: Clock;
}

/** The principal for whom a job works, and the dataset that it fills. */
interface Worker {
  readonly dataset: string;
  readonly project: string;
  readonly principal: Principal;
}

/**
 * Checks that the principal may still fill a dataset from a collection; rights may have been revoked since the job began. Errors:
 * `forbidden`, `collection_not_found`, `model_unknown`, `connection_not_found`.
 */
export async function checkQuestionRights(
  { ownership, grants, clock, evaluators, collectionsOf }: Omit<RightsSources, 'identity'>,
  { collection, model }: { readonly collection: string; readonly model?: string | undefined },
  { dataset, project, principal }: Worker,
): Promise<void> {
  checkAccess(principal, 'workflow:write', await ownership.resourceOf('dataset', dataset, principal), clock, dataset);
  // Even a member of two projects cannot move data from one to the other.
  if (!grants.has(project, 'collection', collection)) throw collectionNotFound(collection);
  checkAccess(principal, 'collection:read', { kind: 'collection', id: collection, project }, clock, collection);
  if (model !== undefined) evaluators.checkModels([model], { project, principal });
  await collectionsOf(principal.id).get(collection);
}

/** Gives the owner of the work with their present rights, and the rest of the budget. */
export async function scopeOfWork(
  identity: IdentityStores,
  { owner, project }: { readonly owner: string; readonly project: string },
  { budget, spent }: { readonly budget: number | undefined; readonly spent: number },
  signal: AbortSignal,
): Promise<EvaluationScope> {
  const principal = await principalById(identity, owner);
  const left = budget === undefined ? undefined : Math.max(0, budget - spent);
  return withoutUndefined({ project, principal, signal, budget: left });
}

/** Errors that would also stop every further attempt. */
export const endsWork: ReadonlySet<string> = new Set([
  ...['budget_exceeded', 'price_missing', 'kill_switch', 'forbidden', 'unauthorized', 'project_archived'],
  ...['collection_not_found', 'not_found', 'model_unknown', 'connection_not_found', 'model_wrong_kind'],
]);
