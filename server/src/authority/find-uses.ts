import type { GrantKind, GrantUse, NodeCatalog, PlanBundle, StoredWorkflow, WorkflowDocument } from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import { referencesOf } from '../common/references.js';
import { grantOf } from './project-grants.js';

/** A live version with all documents that belong to it. */
interface LiveVersion {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly version: { readonly version: number };
  readonly compiled: { readonly bundle: PlanBundle };
}

/** Where `findUses` looks for uses. */
export interface UseSources {
  readonly catalog: NodeCatalog;
  readonly published: { list(): Promise<readonly LiveVersion[]> };
  readonly workflows: { list(): Promise<readonly StoredWorkflow[]> };
  readonly ownership: Pick<Ownership, 'projectsOf'>;
}

/** A use, and the resources that it refers to, each as `kind id`. */
interface Use {
  readonly use: GrantUse;
  readonly names: ReadonlySet<string>;
}

/** Finds the workflows that refer to a resource: first live versions, then drafts of workflows whose live version does not refer to it. */
export async function findUses(sources: UseSources): Promise<(kind: GrantKind, id: string) => readonly GrantUse[]> {
  const { catalog, published, workflows, ownership } = sources;
  const projectOf = (id: string): string => ownership.projectsOf('workflow', id)[0] ?? '';
  const live = (await published.list()).map(({ id, slug, name, version, compiled: { bundle } }): Use => {
    const documents = [bundle.document, ...Object.values(bundle.workflows)];
    const names = namesOf(documents, catalog);
    return { use: { workflowId: id, slug, name, project: projectOf(id), version: version.version }, names };
  });
  const drafts = (await workflows.list()).map(({ id, slug, document }): Use => ({
    use: { workflowId: id, slug, name: document.name, project: projectOf(id) },
    names: namesOf([document], catalog),
  }));
  return (kind, id) => {
    const names = ({ names: all }: Use): boolean => all.has(`${kind} ${id}`);
    const found = live.filter(names).map(({ use }) => use);
    const isLive = ({ use }: Use): boolean => found.some(({ workflowId }) => workflowId === use.workflowId);
    return [...found, ...drafts.filter((draft) => names(draft) && !isLive(draft)).map(({ use }) => use)];
  };
}

function namesOf(documents: readonly WorkflowDocument[], catalog: NodeCatalog): ReadonlySet<string> {
  const names = new Set<string>();
  for (const document of documents)
    for (const reference of referencesOf(document, catalog)) {
      const needed = reference.kind === 'secret' ? { kind: 'secret', id: reference.id } : grantOf(reference);
      if (needed !== undefined) names.add(`${needed.kind} ${needed.id}`);
    }
  return names;
}
