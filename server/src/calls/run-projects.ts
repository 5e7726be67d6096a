import { defaultProject, HeddleError, type Blobs, type CallScope } from '@heddle/core';
import type { Ownership } from '../auth/ownership.js';
import { hasProjectFile, noFile, projectBlobs } from './project-files.js';

/** Keeps runs inside their project: they read its collections and files, and what they store belongs to it. */
export interface RunProjects {
  /** Errors: `collection_not_found` for a collection of another project. */
  checkCollection(scope: CallScope, name: string): void;
  /** Errors: `blob_not_found` for a file of another project. */
  checkFile(scope: CallScope, id: string): void;
  /** A store as the project of the run sees it. */
  blobs(scope: CallScope, blobs: Blobs): Blobs;
}

/** @example const projects = createRunProjects(ownership); */
export function createRunProjects(ownership: Pick<Ownership, 'projectsOf' | 'assign'>): RunProjects {
  const { projectsOf } = ownership;
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
    checkFile(scope, id) {
      if (!hasProjectFile(ownership, projectOf(scope), id)) throw noFile(id);
    },
    blobs: (scope, blobs) => projectBlobs(ownership, blobs, projectOf(scope)),
  };
}
