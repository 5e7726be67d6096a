import type { ModelHostState, ModelState } from '@heddle/core';
import type { ProjectView } from '../auth/project-view.js';

type Sees = Pick<ProjectView, 'mayUse'>;

/** The models that a view may use: what others have is not told. */
export function shownModels(view: Sees, models: readonly ModelState[]): ModelState[] {
  return models.filter(({ card }) => view.mayUse('model', card.id));
}

/** Hosts with the models that a view may use. */
export function shownHosts(view: Sees, hosts: readonly ModelHostState[]): ModelHostState[] {
  return hosts.map((host) => ({ ...host, models: host.models.filter(({ id }) => view.mayUse('model', id)) }));
}
