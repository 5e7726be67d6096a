import { z } from 'zod';
import { GrantKind } from '../ports/grants.js';
import { withReadOnly } from './read-only.js';
import { lazyObject } from '../values/lazy-object.js';

/** A workflow that refers to a resource: its draft, or a live version. */
export const GrantUse = lazyObject(() => ({
  workflowId: z.string(),
  slug: z.string(),
  name: z.string(),
  project: z.string(),
  /** The live version that refers to it; missing if only the draft does. */
  version: z.int().positive().optional(),
})).meta({ id: 'GrantUse' });
export type GrantUse = z.infer<typeof GrantUse>;

/** Who may use a resource, and who does. */
export const GrantReply = lazyObject(() => ({
  kind: GrantKind,
  id: z.string(),
  /** The project that owns it; missing if the installation does. */
  owner: z.string().optional(),
  /** Ids of the projects with the grant; `*` means all, including future ones. */
  projects: z.array(z.string()),
  uses: z.array(GrantUse),
  /** Projects that have the grant, or to which the caller may grant it. */
  choices: z.array(z.object({ id: z.string(), name: z.string() })),
})).meta({ id: 'GrantReply' });
export type GrantReply = z.infer<typeof GrantReply>;

/** Reply of `GET /api/grants`: the resources that the caller may grant. */
export const GrantsReply = z.object({ grants: z.array(GrantReply) }).meta({ id: 'GrantsReply' });
export type GrantsReply = z.infer<typeof GrantsReply>;

/** Body of `PUT /api/grants/:kind/:id`. */
export const SetGrantRequest = withReadOnly(
  z.strictObject({ projects: z.array(z.string().min(1).max(64)).max(10_000) }),
  GrantReply,
).meta({ id: 'SetGrantRequest' });
export type SetGrantRequest = z.infer<typeof SetGrantRequest>;

/** The new grant, and the live versions that can no longer run. */
export const SetGrantReply = GrantReply.extend({ breaks: z.array(GrantUse) }).meta({ id: 'SetGrantReply' });
export type SetGrantReply = z.infer<typeof SetGrantReply>;
