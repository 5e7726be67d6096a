import type { ModelHostState, ModelState } from '@heddle/core';
import type { ProjectView } from '../auth/rights/project-view.js';

type Sees = Pick<ProjectView, 'mayUse'>;

/** The models that a view may use; models of others are hidden. */
export function shownModels(view: Sees, models: readonly ModelState[]): ModelState[] {
  return models.filter(({ card }) => view.mayUse('model', card.id));
}

/** Model processes with the models that a view may use. */
export function shownHosts(view: Sees, hosts: readonly ModelHostState[]): ModelHostState[] {
  return hosts.map((host) => ({ ...host, models: host.models.filter(({ id }) => view.mayUse('model', id)) }));
}
