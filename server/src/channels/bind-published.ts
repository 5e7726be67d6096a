import { undefinedIf } from '../common/undefined-if.js';
import type { Publishing } from '../publishing/create-publishing.js';
import type { PublishedWorkflow as LiveWorkflow } from '../publishing/published-workflows.js';
import type { Published, PublishedWorkflow } from './published.js';

/** The codes of a workflow that cannot be called. `not_found` means that the caller must not learn that it exists. */
const absent = ['workflow_not_found', 'not_published', 'not_found'] as const;

/** Gives channels access to the published workflows. */
export function bindPublished({ runs, workflows }: Publishing): Published {
  return {
    list: async () => (await workflows.list()).map(publishedOf),
    // Without a live workflow of that name, it may still be the name of a model.
    find: (slug, principal, asking) =>
      undefinedIf(absent, async () => publishedOf(await runs.workflow(slug, principal, asking))),
    start: (start) => runs.start(start),
  };
}

function publishedOf({ id, slug, name, version, compiled, test }: LiveWorkflow): PublishedWorkflow {
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
