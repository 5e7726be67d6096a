import { z } from 'zod';
import type { GuardedWrite } from './database/guarded-write.js';

/** What can be granted to projects. A `tool` is a tool server; a `folder` is one of `HEDDLE_FILES`. */
export const GrantKind = z
  .enum(['connection', 'tool', 'model', 'collection', 'secret', 'folder'])
  .meta({ id: 'GrantKind' });
export type GrantKind = z.infer<typeof GrantKind>;

/** Stands for every project, including future ones. */
export const everyProject = '*';

/**
 * Which projects may use a resource of the installation or of another project. Runs check it at every lookup, so a change
 * takes effect at the next lookup.
 */
export interface Grants {
  /** The projects with this grant, `*` for all; undefined if no grant was ever set. */
  granted(kind: GrantKind, id: string): readonly string[] | undefined;
  /** Changes, for the operations that make them. */
  readonly write: GrantWrites;
  /** All grants, by kind and id. */
  list(): readonly { readonly kind: GrantKind; readonly id: string; readonly projects: readonly string[] }[];
  /** Changes with every change of a grant. */
  readonly revision: number;
}

/** Changes of grants as data. */
export interface GrantWrites {
  /** Grants a resource to exactly these projects. */
  set(kind: GrantKind, id: string, projects: readonly string[]): readonly GuardedWrite[];
  /** The same where the grants are still as they were read (`before`, as `granted` gave it). Errors of the commit: `conflict`. */
  replace(
    kind: GrantKind,
    id: string,
    before: readonly string[] | undefined,
    projects: readonly string[],
  ): readonly GuardedWrite[];
  /** Deletes the grants of a removed resource, so that a new resource with the same name does not inherit them. */
  forget(kind: GrantKind, id: string): readonly GuardedWrite[];
  /** Deletes all grants of a project, for the operation that removes it. Errors of its commit: `conflict` for a grant that changed meanwhile. */
  withoutProject(project: string): readonly GuardedWrite[];
}
