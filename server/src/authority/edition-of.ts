import {
  canonicalJson,
  type CacheOwner,
  type Journal,
  type PlanBundle,
  type RunAcceptance,
  type RunTrigger,
  type WorkflowDocument,
} from '@heddle/core';
import { createHash } from 'node:crypto';

/** What of a workflow runs: its published version, or the content of its draft. */
export type Edition = Pick<CacheOwner, 'edition' | 'isPublished'>;

/**
 * How a version is called from outside. Whoever runs it again in the editor may set results by hand, and a run that goes on takes over
 * results of such a run: neither changes what callers get.
 */
const calls: ReadonlySet<RunTrigger> = new Set(['published', 'schedule', 'webhook']);

/** Gives the edition of runs; a draft is read once a run. */
export function createEditions(journal: Pick<Journal, 'bundle'>): (run: RunAcceptance) => Promise<Edition> {
  const drafts = new WeakMap<RunAcceptance, Edition>();
  return async (run) => {
    if (run.version !== undefined && calls.has(run.trigger))
      return { edition: `version ${run.version}`, isPublished: true };
    const known = drafts.get(run);
    if (known !== undefined) return known;
    const found = { edition: `draft ${hashOf(await journal.bundle(run.runId))}`, isPublished: false };
    drafts.set(run, found);
    return found;
  };
}

/** Where nodes lie on the canvas changes nothing. */
function hashOf({ document, workflows }: PlanBundle): string {
  const meanings = [
    document,
    ...Object.keys(workflows)
      .sort()
      .map((slug) => workflows[slug]),
  ].map(withoutLayout);
  return createHash('sha256').update(canonicalJson(meanings)).digest('base64url');
}

function withoutLayout(document: WorkflowDocument | undefined): unknown {
  if (document === undefined) return null;
  const { layout: _layout, ...meaning } = document;
  return meaning;
}
