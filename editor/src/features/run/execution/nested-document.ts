import type { InnerWorkflow, WorkflowDocument } from '@heddle/core';
import { laidOut, asDocument, titleOfNode, type CatalogState } from '../../document/index.js';
import { parentExecutionOf, nodeOf, scopesTo } from './execution-path.js';
import type { AcceptedRun } from '../../../data/api/reply-parts.js';
import type { RunView } from '../fold/run-view.js';

/**
 * The document of a nested run's workflow. `#name` is an inner workflow of the outer document; a slug is one of the workflows that were
 * stored with the run. Undefined if the nested run has not started.
 */
export function documentAt(
  { document, workflows }: Pick<AcceptedRun, 'document' | 'workflows'>,
  run: Pick<RunView, 'nested'>,
  scope: string,
): WorkflowDocument | undefined {
  let current: WorkflowDocument | undefined = document;
  for (const step of scopesTo(scope)) {
    const reference = run.nested(step)?.workflow;
    if (reference === undefined || current === undefined) return undefined;
    current = reference.startsWith('#') ? innerDocument(current, reference.slice(1)) : workflows[reference];
  }
  return current;
}

/** The accepted run with a position for every node of its workflows. */
export async function laidOutRun(accepted: AcceptedRun): Promise<AcceptedRun> {
  const workflows = await Promise.all(
    Object.entries(accepted.workflows).map(async ([slug, document]) => [slug, await laidOut(document)] as const),
  );
  return { ...accepted, document: await laidOut(accepted.document), workflows: Object.fromEntries(workflows) };
}

/** The title that the node which started a nested run has in the outer workflow. */
export function parentTitle(
  accepted: Parameters<typeof documentAt>[0],
  run: Pick<RunView, 'nested'>,
  byType: CatalogState['byType'],
  scope: string,
): string {
  const document = documentAt(accepted, run, scopesTo(scope).at(-2) ?? '');
  return titleOfNode({ document }, byType, nodeOf(parentExecutionOf(scope).path));
}

/** An inner workflow as a document with its siblings, because it may reference them. */
function innerDocument(around: WorkflowDocument, name: string): WorkflowDocument | undefined {
  const inner = around.workflows?.[name];
  if (inner === undefined) return undefined;
  // Returns the same object for each item of a list, so that switching between items renders only the differences.
  const made = documents.get(inner) ?? asDocument(around, name, inner);
  documents.set(inner, made);
  return made;
}

const documents = new WeakMap<InnerWorkflow, WorkflowDocument>();
