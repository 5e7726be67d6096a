import type { IdentityStores } from '@heddle/adapters/identity';
import { defaultProject, HeddleError, type Journal, type ResourceName, type WorkflowStore } from '@heddle/core';

/** Tells which project, and which workflow, a thing belongs to. */
export interface Ownership {
  /** What does not exist belongs to the project that exists from the start: its own route answers 404. */
  resourceOf(kind: ResourceName['kind'], id: string): Promise<ResourceName>;
}

/** What has no project of its own belongs to the one that exists from the start; runs belong to their workflow. */
export function createOwnership({
  journal,
  workflows,
  identity,
}: {
  readonly journal: Journal;
  readonly workflows: WorkflowStore;
  readonly identity: IdentityStores;
}): Ownership {
  return {
    async resourceOf(kind, id) {
      if (kind === 'project') return { kind, id, project: id };
      const projectOf = (of: ResourceName['kind'], name: string): string =>
        identity.owned.projectsOf(of, name)[0] ?? defaultProject;
      const resource = { kind, id, project: projectOf(kind, id) };
      if (kind === 'run') {
        const workflow = await known(async () => (await journal.summary(id)).workflowId);
        return workflow === undefined ? resource : { ...resource, workflow, project: projectOf('workflow', workflow) };
      }
      // Workflows are addressed by id and by slug; keys are scoped by id.
      if (kind === 'workflow') {
        const workflow = (await known(async () => (await workflows.get(id)).id)) ?? id;
        return { kind, id: workflow, project: projectOf(kind, workflow) };
      }
      return resource;
    },
  };
}

async function known<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof HeddleError && (error.code === 'run_not_found' || error.code === 'workflow_not_found'))
      return undefined;
    throw error;
  }
}
