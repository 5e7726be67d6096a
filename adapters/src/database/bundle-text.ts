import { createHash } from 'node:crypto';
import {
  createPace,
  parseDocumentSteps,
  serialiseDocumentSteps,
  type PlanBundle,
  type Steps,
  type WorkflowDocument,
} from '@heddle/core';
import { z } from 'zod';
import { inSlices } from '../event-loop/in-slices.js';

const StoredBundle = z.object({ document: z.string(), workflows: z.array(z.tuple([z.string(), z.string()])) });

interface BundleText {
  readonly hash: string;
  readonly text: string;
}

/** Bundles never change, and the runs of a workflow share one, so each is serialised once. */
const written = new WeakMap<PlanBundle, BundleText>();
const beingWritten = new WeakMap<PlanBundle, Promise<BundleText>>();

/**
 * Serialises a bundle and hashes the text: equal bundles give equal bytes, whatever the order of their keys. A large bundle is serialised
 * in slices. Callers that request the same bundle at once get it in the order of their calls.
 */
export function bundleTextInSlices(bundle: PlanBundle): BundleText | Promise<BundleText> {
  const known = written.get(bundle) ?? beingWritten.get(bundle);
  if (known !== undefined) return known;
  const writing = inSlices(write(bundle));
  beingWritten.set(bundle, writing);
  return writing;
}

/** Characters of documents that are written or read without a pause; there may be very many small ones. */
const stretch = 40_000;

function* write(bundle: PlanBundle): Steps<BundleText> {
  const workflows: [string, string][] = [];
  const isDue = createPace(stretch);
  for (const [slug, document] of Object.entries(bundle.workflows).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const text = yield* serialiseDocumentSteps(document);
    workflows.push([slug, text]);
    if (isDue(text.length)) yield;
  }
  const document = yield* serialiseDocumentSteps(bundle.document);
  const text = JSON.stringify({ document, workflows } satisfies z.infer<typeof StoredBundle>);
  const made = { hash: `sha256:${createHash('sha256').update(text).digest('hex')}`, text };
  written.set(bundle, made);
  return made;
}

/** Parses such a text in slices; older documents are migrated. */
export function* parseBundleSteps(text: string): Steps<PlanBundle> {
  const stored = StoredBundle.parse(JSON.parse(text));
  const workflows: [string, WorkflowDocument][] = [];
  const isDue = createPace(stretch);
  for (const [slug, document] of stored.workflows) {
    workflows.push([slug, yield* parseDocumentSteps(document, true)]);
    if (isDue(document.length)) yield;
  }
  return { document: yield* parseDocumentSteps(stored.document, true), workflows: Object.fromEntries(workflows) };
}
