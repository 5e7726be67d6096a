import { createHash } from 'node:crypto';
import { parseDocument, serialiseDocument, type PlanBundle, type WorkflowDocument } from '@heddle/core';
import { z } from 'zod';

const StoredBundle = z.object({ document: z.string(), workflows: z.array(z.tuple([z.string(), z.string()])) });

interface BundleText {
  readonly hash: string;
  readonly text: string;
}

/** Bundles are never changed, and the runs of a workflow share one: each is written once. */
const written = new WeakMap<PlanBundle, BundleText>();

/** A bundle as text with its hash: equal bundles give equal bytes, whatever the order of their keys. */
export function bundleText(bundle: PlanBundle): BundleText {
  const known = written.get(bundle);
  if (known !== undefined) return known;
  const made = write(bundle);
  written.set(bundle, made);
  return made;
}

function write(bundle: PlanBundle): BundleText {
  const workflows = Object.entries(bundle.workflows)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([slug, document]): [string, string] => [slug, serialiseDocument(document)]);
  const text = JSON.stringify({ document: serialiseDocument(bundle.document), workflows } satisfies z.infer<
    typeof StoredBundle
  >);
  return { hash: `sha256:${createHash('sha256').update(text).digest('hex')}`, text };
}

/** Reads what bundleText wrote; older documents are migrated. */
export function parseBundle(text: string): PlanBundle {
  const stored = StoredBundle.parse(JSON.parse(text));
  const workflows: Record<string, WorkflowDocument> = Object.fromEntries(
    stored.workflows.map(([slug, document]) => [slug, parseDocument(document)]),
  );
  return { document: parseDocument(stored.document), workflows };
}
