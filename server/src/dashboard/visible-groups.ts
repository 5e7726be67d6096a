import type { RollupGroup } from '@heddle/core';
import type { ProjectView } from '../auth/rights/project-view.js';
import type { Ownership } from '../auth/rights/ownership.js';

export interface FigureFilter {
  readonly project?: string | undefined;
  /** The id of a workflow. */
  readonly workflow?: string | undefined;
  readonly version?: number | undefined;
  readonly model?: string | undefined;
  readonly key?: string | undefined;
  readonly channel?: string | undefined;
}

/**
 * Whether a caller may see the figures of a group: they must be allowed to read the runs of its workflow. For a removed workflow, they must
 * be allowed to read other runs of its project.
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

/** Whether a group matches a filter. The model is not compared, because groups have none. */
export const isInFilter = (group: RollupGroup, { project, workflow, version, key, channel }: FigureFilter): boolean =>
  (project === undefined || group.project === project) &&
  (workflow === undefined || group.workflow === workflow) &&
  (version === undefined || group.version === version) &&
  (key === undefined || group.key === key) &&
  (channel === undefined || group.channel === channel);
