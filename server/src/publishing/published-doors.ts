import { HeddleError } from '@heddle/core';
import type { Published, PublishedWorkflow as DoorWorkflow } from '../doors/published.js';
import type { Publishing } from './create-publishing.js';
import type { PublishedWorkflow } from './published-workflows.js';

const absent: ReadonlySet<string> = new Set(['workflow_not_found', 'not_published', 'not_found']);

/** What is published, as the doors see it. */
export function publishedDoors({ runs, workflows }: Publishing): Published {
  return {
    list: async () => (await workflows.list()).map(doorWorkflow),
    find: async (slug, principal) => {
      try {
        return doorWorkflow(await runs.workflow(slug, principal));
      } catch (error) {
        if (error instanceof HeddleError && absent.has(error.code)) return undefined;
        throw error;
      }
    },
    start: (start) => runs.start(start),
  };
}

function doorWorkflow({ id, slug, name, version, compiled }: PublishedWorkflow): DoorWorkflow {
  return {
    workflowId: id,
    slug,
    name,
    version: version.version,
    plan: compiled.plan,
    replyCeiling: version.replyCeiling,
    publishedAt: version.publishedAt,
  };
}
