import { HeddleError } from '@heddle/core';
import type { Publishing } from '../publishing/create-publishing.js';
import type { PublishedWorkflow as LiveWorkflow } from '../publishing/published-workflows.js';
import type { Published, PublishedWorkflow } from './published.js';

/** Gives channels access to the published workflows. */
export function bindPublished({ runs, workflows }: Publishing): Published {
  return {
    list: async () => (await workflows.list()).map(seen),
    find: async (slug, principal, asking) => find(() => runs.workflow(slug, principal, asking)),
    start: (start) => runs.start(start),
  };
}

/** The codes of a workflow that cannot be called. `not_found` means that the caller must not learn that it exists. */
const absent: ReadonlySet<string> = new Set(['workflow_not_found', 'not_published', 'not_found']);

/** Returns undefined if the name is not that of a live workflow; it may still be the name of a model. */
async function find(read: () => Promise<LiveWorkflow>): Promise<PublishedWorkflow | undefined> {
  try {
    return seen(await read());
  } catch (error) {
    if (error instanceof HeddleError && absent.has(error.code)) return undefined;
    throw error;
  }
}

function seen({ id, slug, name, version, compiled, test }: LiveWorkflow): PublishedWorkflow {
  return {
    workflowId: id,
    slug,
    name,
    version: version.version,
    test,
    plan: compiled.plan,
    bundle: compiled.bundle,
    replyClearance: version.replyClearance,
    publishedAt: version.publishedAt,
  };
}
