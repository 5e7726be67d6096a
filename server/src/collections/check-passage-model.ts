import type { Clock, Principal } from '@heddle/core';
import { checkAccess } from '../auth/rights/check-access.js';
import { checkModel } from '../authority/authorised-resources.js';
import type { ProjectGrants } from '../authority/project-grants.js';

/**
 * Checks that the caller may choose a model that reads every passage. Such a model can cost money at each import, so the caller needs the
 * right to run documents of their own. Errors: `forbidden`, `model_unknown`, `connection_not_found`.
 */
export function checkPassageModel(
  model: string | undefined,
  {
    project,
    caller,
    grants,
    clock,
  }: {
    readonly project: string;
    readonly caller: Principal;
    readonly grants: Pick<ProjectGrants, 'has'>;
    readonly clock: Pick<Clock, 'now'>;
  },
): void {
  if (model === undefined) return;
  checkAccess(caller, 'run:document', { kind: 'run', project }, clock);
  checkModel({ mayUse: (kind, id) => grants.has(project, kind, id) }, model);
}
