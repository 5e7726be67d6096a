import type { ModelHostState, ModelState } from '@heddle/core';
import type { ProjectView } from '../auth/rights/project-view.js';

type Sees = Pick<ProjectView, 'mayUse'>;

/** The models that the viewer may use; all others are hidden. */
export function shownModels(view: Sees, models: readonly ModelState[]): ModelState[] {
  return models.filter(({ card }) => view.mayUse('model', card.id));
}

/** The model processes, with only those models that the viewer may use. */
export function shownHosts(view: Sees, hosts: readonly ModelHostState[]): ModelHostState[] {
  return hosts.map((host) => ({ ...host, models: host.models.filter(({ id }) => view.mayUse('model', id)) }));
}
