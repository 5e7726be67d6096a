import {
  defaultProject,
  everyProject,
  type EvaluationScope,
  type EvaluatorContext,
  type Label,
  type Principal,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import type { EvaluatorService } from '../evaluators/evaluator.service.js';

/** What calls for a collection are made with. */
export interface ProjectCallSources {
  readonly ownership: Pick<Ownership, 'projectsOf'>;
  readonly evaluators: Pick<EvaluatorService, 'open'>;
}

/** What a call is given. */
export interface Given {
  readonly label: Label;
  readonly signal: AbortSignal;
}

/**
 * Calls of a model for a collection are those of the project that owns it: its grants, kill switches, budgets and clearances hold, and each call is
 * recorded under `name` as one of a judge is.
 */
export async function duringProjectCall<Result>(
  { evaluators, ownership }: ProjectCallSources,
  { name, collection, label, signal }: Given & { readonly name: string; readonly collection: string },
  work: (context: EvaluatorContext) => Promise<Result>,
): Promise<Result> {
  const open = evaluators.open(name, label, scopeOf(collection, ownership, signal));
  try {
    return await work(open.context);
  } finally {
    await open.close();
  }
}

/** A collection acts for its project, as its sources do: whoever sets the model may have left. */
function scopeOf(collection: string, ownership: ProjectCallSources['ownership'], signal: AbortSignal): EvaluationScope {
  const [owner = defaultProject] = ownership.projectsOf('collection', collection);
  const project = owner === everyProject ? defaultProject : owner;
  const principal: Principal = { kind: 'service', id: `collection:${collection}`, name: collection, roles: new Map() };
  return { project, principal, signal };
}
