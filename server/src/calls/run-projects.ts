import { defaultProject, HeddleError, type Blobs, type CallScope } from '@heddle/core';
import type { Ownership } from '../auth/ownership.js';

/** Keeps runs inside their project: they read its collections, and what they store belongs to it. */
export interface RunProjects {
  /** Errors: `collection_not_found` for a collection of another project. */
  checkCollection(scope: CallScope, name: string): void;
  /** A store whose new files belong to the project of the run. */
  blobs(scope: CallScope, blobs: Blobs): Blobs;
}

/** @example const projects = createRunProjects(ownership); */
export function createRunProjects({ projectsOf, assign }: Pick<Ownership, 'projectsOf' | 'assign'>): RunProjects {
  const projectOf = ({ run }: CallScope): string =>
    run.workflowId === undefined
      ? (run.caller?.project ?? defaultProject)
      : (projectsOf('workflow', run.workflowId)[0] ?? defaultProject);
  return {
    checkCollection(scope, name) {
      if (projectsOf('collection', name).includes(projectOf(scope))) return;
      throw new HeddleError('collection_not_found', `The collection '${name}' does not exist.`, {
        details: { collection: name },
      });
    },
    blobs: (scope, blobs) => ({
      ...blobs,
      get: (id) => blobs.get(id),
      has: (id) => blobs.has(id),
      put: async (content, about) => {
        const file = await blobs.put(content, about);
        assign('file', file.id, projectOf(scope));
        return file;
      },
    }),
  };
}
