import { HeddleError, type NodeCatalog } from '@heddle/core';
import { referencesOf } from '../common/references.js';
import type { CompiledWorkflow } from '../compile/compile-service.js';
import { grantOf, type ProjectGrants } from '../authority/project-grants.js';

/** Passes where a project still may use all that a version refers to. Errors: `grant_missing`. */
export type CheckGranted = (version: CompiledWorkflow, project: string, slug: string) => void;

interface Known {
  readonly revision: number;
  readonly project: string;
  readonly isGranted: boolean;
}

/**
 * Looks at the grants of published versions before their runs begin. What was found is kept until a grant changes, so that a run asks for
 * nothing.
 */
export function grantedVersions(grants: ProjectGrants, catalog: NodeCatalog): CheckGranted {
  const known = new WeakMap<CompiledWorkflow, Known>();
  const isGranted = ({ bundle }: CompiledWorkflow, project: string): boolean =>
    [bundle.document, ...Object.values(bundle.workflows)].every((document) =>
      referencesOf(document, catalog).every((reference) => {
        const needed = grantOf(reference);
        return needed === undefined || grants.has(project, needed.kind, needed.id);
      }),
    );
  return (version, project, slug) => {
    const before = known.get(version);
    const isFresh = before?.revision === grants.revision && before.project === project;
    const found = isFresh ? before : { revision: grants.revision, project, isGranted: isGranted(version, project) };
    if (!isFresh) known.set(version, found);
    if (found.isGranted) return;
    // Callers are told no names: what is missing is for the owners to see.
    throw new HeddleError(
      'grant_missing',
      `The workflow '${slug}' needs something that its project may not use any more: an owner finds what under Settings, Grants.`,
      { details: { workflow: slug } },
    );
  };
}
