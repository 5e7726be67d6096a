import { HeddleError, type WorkflowDocument } from '@heddle/core';
import type { Published, PublishedWorkflow } from '../channels/published.js';
import type { Heddle } from '../heddle/heddle.js';

/** Serves documents as published workflows without publishing them, for tests of the channels. */
export function createTestPublished(heddle: Heddle, documents: Readonly<Record<string, WorkflowDocument>>): Published {
  const find = async (slug: string): Promise<PublishedWorkflow | undefined> => {
    const document = documents[slug];
    if (document === undefined) return undefined;
    const { plan, bundle } = await heddle.compile.plan(document);
    return {
      workflowId: slug,
      slug,
      name: document.name,
      version: 1,
      plan,
      bundle,
      replyClearance: 'internal',
      publishedAt: 0,
    };
  };
  return {
    find,
    list: async () => {
      const found = await Promise.all(Object.keys(documents).map(find));
      return found.flatMap((workflow) => (workflow === undefined ? [] : [workflow]));
    },
    start: ({ slug, inputs, principal, channel, trace }) => {
      const document = documents[slug];
      if (document === undefined) throw new HeddleError('not_published', `'${slug}' is not published.`);
      const caller = { principal: principal.id, channel };
      return heddle.runs.start({ document, request: { inputs: { ...inputs } }, trigger: 'published', caller, trace });
    },
  };
}
