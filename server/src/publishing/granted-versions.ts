import { HeddleError, type NodeCatalog } from '@heddle/core';
import { referencesOf } from '../common/references.js';
import type { CompiledWorkflow } from '../compile/compile-service.js';
import { grantOf, type ProjectGrants } from '../authority/project-grants.js';

/** Checks that a project may still use everything that a version refers to. Errors: `grant_missing`. */
export type CheckGranted = (version: CompiledWorkflow, project: string, slug: string) => void;

interface Known {
  readonly revision: number;
  readonly project: string;
  readonly isGranted: boolean;
}

/** Checks the grants of published versions before their runs start. Results are cached until a grant changes. */
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
    // The message names no resources: it goes to callers. The owners see elsewhere what is missing.
    throw new HeddleError(
      'grant_missing',
      `The workflow '${slug}' needs something that its project may no longer use: an owner can see what under Settings, Grants.`,
      { details: { workflow: slug } },
    );
  };
}
