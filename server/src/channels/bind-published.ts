import { HeddleError } from '@heddle/core';
import type { Publishing } from '../publishing/create-publishing.js';
import type { PublishedWorkflow as LiveWorkflow } from '../publishing/published-workflows.js';
import type { Published, PublishedWorkflow } from './published.js';

/** The channels' view of what this Heddle publishes. */
export function bindPublished({ runs, workflows }: Publishing): Published {
  return {
    list: async () => (await workflows.list()).map(seen),
    find: async (slug, principal) => find(() => runs.workflow(slug, principal)),
    start: (start) => runs.start(start),
  };
}

/** `not_found` says that the caller must not know of it. */
const absent: ReadonlySet<string> = new Set(['workflow_not_found', 'not_published', 'not_found']);

/** A name that is no live workflow may still be a model. */
async function find(look: () => Promise<LiveWorkflow>): Promise<PublishedWorkflow | undefined> {
  try {
    return seen(await look());
  } catch (error) {
    if (error instanceof HeddleError && absent.has(error.code)) return undefined;
    throw error;
  }
}

function seen({ id, slug, name, version, compiled }: LiveWorkflow): PublishedWorkflow {
  return {
    workflowId: id,
    slug,
    name,
    version: version.version,
    plan: compiled.plan,
    replyClearance: version.replyClearance,
    publishedAt: version.publishedAt,
  };
}
