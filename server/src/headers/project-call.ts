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

export interface ProjectCallSources {
  readonly ownership: Pick<Ownership, 'projectsOf'>;
  readonly evaluators: Pick<EvaluatorService, 'open'>;
}

/** The label of the text that a call sends, and the signal that aborts it. */
export interface Given {
  readonly label: Label;
  readonly signal: AbortSignal;
}

/**
 * Calls a model for a collection, in the name of the project that owns it: its grants, kill switches, budgets and clearances apply, and
 * each call is recorded under `name` like a judge's.
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

/** The collection acts for its project, like its sources do, because the person who set the model may have left. */
function scopeOf(collection: string, ownership: ProjectCallSources['ownership'], signal: AbortSignal): EvaluationScope {
  const [owner = defaultProject] = ownership.projectsOf('collection', collection);
  const project = owner === everyProject ? defaultProject : owner;
  const principal: Principal = { kind: 'service', id: `collection:${collection}`, name: collection, roles: new Map() };
  return { project, principal, signal };
}
