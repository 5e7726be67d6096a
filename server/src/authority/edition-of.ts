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

/** What a run executes: a published version, or the content of a draft. */
type Edition = Pick<CacheOwner, 'edition' | 'isPublished'>;

/**
 * The triggers of callers from outside, who run published versions. A rerun in the editor can set results by hand, and a resumed run reuses
 * such results, so neither may change the cache of callers.
 */
const calls: ReadonlySet<RunTrigger> = new Set(['published', 'schedule', 'webhook']);

/** Returns the edition of a run. A draft is read once for each run. */
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

/** Hashes a draft without its layout: positions on the canvas change nothing. */
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
