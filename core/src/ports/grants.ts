import { z } from 'zod';

/** What can be granted to projects. A `tool` is a tool server, a `folder` one of `HEDDLE_FILES`. */
export const GrantKind = z
  .enum(['connection', 'tool', 'model', 'collection', 'secret', 'folder'])
  .meta({ id: 'GrantKind' });
export type GrantKind = z.infer<typeof GrantKind>;

/** Stands for every project, also those that are made later. */
export const everyProject = '*';

/**
 * Which projects may use what belongs to the installation or to another project. Runs look everything up through it, so a change
 * counts from the next lookup on.
 */
export interface Grants {
  /** The projects that a thing is granted to, `*` for all; undefined where nobody ever decided it. */
  granted(kind: GrantKind, id: string): readonly string[] | undefined;
  /** Grants a thing to exactly these projects. */
  set(kind: GrantKind, id: string, projects: readonly string[]): void;
  /** Forgets a thing that was removed, so that another one of its name does not inherit its grants. */
  forget(kind: GrantKind, id: string): void;
  /** Takes everything back from a project that was removed. */
  forgetProject(project: string): void;
  /** Everything that was decided, by kind and id. */
  list(): readonly { readonly kind: GrantKind; readonly id: string; readonly projects: readonly string[] }[];
  /** Another number after each change. */
  readonly revision: number;
}
