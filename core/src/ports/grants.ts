import { z } from 'zod';

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
  /** Grants a resource to exactly these projects. */
  set(kind: GrantKind, id: string, projects: readonly string[]): void;
  /** Deletes the grants of a removed resource, so that a new resource with the same name does not inherit them. */
  forget(kind: GrantKind, id: string): void;
  /** Deletes all grants of a removed project. */
  forgetProject(project: string): void;
  /** All grants, by kind and id. */
  list(): readonly { readonly kind: GrantKind; readonly id: string; readonly projects: readonly string[] }[];
  /** Changes with every change of a grant. */
  readonly revision: number;
}
