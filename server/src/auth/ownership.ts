import { defaultProject, HeddleError, type Journal, type ResourceName, type WorkflowStore } from '@heddle/core';

/** Tells which project, and which workflow, a thing belongs to. */
export interface Ownership {
  /** What does not exist belongs to the project that exists from the start: its own route answers 404. */
  resourceOf(kind: ResourceName['kind'], id: string): Promise<ResourceName>;
}

/** Everything belongs to the one project that exists from the start; runs belong to their workflow. */
export function createOwnership({
  journal,
  workflows,
}: {
  readonly journal: Journal;
  readonly workflows: WorkflowStore;
}): Ownership {
  return {
    async resourceOf(kind, id) {
      const resource = { kind, id, project: defaultProject };
      if (kind === 'run') {
        const workflow = await known(async () => (await journal.summary(id)).workflowId);
        return workflow === undefined ? resource : { ...resource, workflow };
      }
      // Workflows are addressed by id and by slug; keys are scoped by id.
      if (kind === 'workflow')
        return { ...resource, id: (await known(async () => (await workflows.get(id)).id)) ?? id };
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
