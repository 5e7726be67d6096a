import { workflowNotFound, type StoredWorkflow, type WorkflowStore } from '@heddle/core';
import type { Deletions } from './deletions.js';

/** Hides deleted workflows from every route, channel and run. */
export function withoutDeletedWorkflows(stored: WorkflowStore, deletions: Pick<Deletions, 'find'>): WorkflowStore {
  const isDeleted = (id: string): boolean => deletions.find('workflow', id) !== undefined;
  const get = async (idOrSlug: string): Promise<StoredWorkflow> => {
    const workflow = await stored.get(idOrSlug);
    if (isDeleted(workflow.id)) throw workflowNotFound(idOrSlug);
    return workflow;
  };
  return {
    get,
    create: (document, options) => stored.create(document, options),
    list: async () => (await stored.list()).filter(({ id }) => !isDeleted(id)),
    save: async (id, document, options) => stored.save((await get(id)).id, document, options),
    delete: async (id, options) => stored.delete((await get(id)).id, options),
  };
}
