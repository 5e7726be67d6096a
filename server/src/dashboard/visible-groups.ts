import type { RollupGroup } from '@heddle/core';
import type { ProjectView } from '../auth/rights/project-view.js';
import type { Ownership } from '../auth/rights/ownership.js';

/** What figures are filtered by. */
export interface FigureFilter {
  readonly project?: string | undefined;
  /** An id. */
  readonly workflow?: string | undefined;
  readonly version?: number | undefined;
  readonly model?: string | undefined;
  readonly key?: string | undefined;
  readonly channel?: string | undefined;
}

/**
 * Whether a caller may see figures of a group: those of a workflow that they may read the runs of. What is left of a workflow that was removed
 * is for those who may see the other runs of its project.
 */
export function showsGroup(
  view: Pick<ProjectView, 'showsRun'>,
  ownership: Pick<Ownership, 'projectsOf'>,
  { project, workflow }: Pick<RollupGroup, 'project' | 'workflow'>,
): boolean {
  const isOwned = workflow !== '' && ownership.projectsOf('workflow', workflow).includes(project);
  return isOwned
    ? view.showsRun({ runId: '', workflowId: workflow })
    : view.showsRun({ runId: '', caller: { principal: '', project } });
}

/** Whether a group is in a filter; the model is not of the group. */
export const isInFilter = (group: RollupGroup, { project, workflow, version, key, channel }: FigureFilter): boolean =>
  (project === undefined || group.project === project) &&
  (workflow === undefined || group.workflow === workflow) &&
  (version === undefined || group.version === version) &&
  (key === undefined || group.key === key) &&
  (channel === undefined || group.channel === channel);
