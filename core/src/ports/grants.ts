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
 * Which projects may use a resource that belongs to the installation or to another project. Every lookup in a run checks the grants, so a
 * change applies from the next lookup.
 */
export interface Grants {
  /** The projects with this grant, `*` for all; undefined if no grant was ever set. */
  granted(kind: GrantKind, id: string): readonly string[] | undefined;
  readonly write: GrantWrites;
  /** Returns all grants, sorted by kind and id. */
  list(): readonly { readonly kind: GrantKind; readonly id: string; readonly projects: readonly string[] }[];
  /** Changes whenever a grant changes. */
  readonly revision: number;
}

/** Writes that change grants. */
export interface GrantWrites {
  set(kind: GrantKind, id: string, projects: readonly string[]): readonly GuardedWrite[];
  /** Like `set`, if the grants are still `before`, as `granted` returned them. Errors of the commit: `conflict`. */
  replace(
    kind: GrantKind,
    id: string,
    before: readonly string[] | undefined,
    projects: readonly string[],
  ): readonly GuardedWrite[];
  /** Deletes the grants of a removed resource, so that a new resource with the same name does not inherit them. */
  forget(kind: GrantKind, id: string): readonly GuardedWrite[];
  /** Deletes all grants of a project, as part of removing it. Errors of the commit: `conflict` if a grant changed meanwhile. */
  withoutProject(project: string): readonly GuardedWrite[];
}
