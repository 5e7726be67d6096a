import { z } from 'zod';
import { GrantKind } from '../ports/grants.js';
import { withReadOnly } from './read-only.js';

/** A workflow that refers to a thing: its draft, or a version that is live. */
export const GrantUse = z
  .object({
    workflowId: z.string(),
    slug: z.string(),
    name: z.string(),
    project: z.string(),
    /** The live version that refers to it; left out where only the draft does. */
    version: z.int().positive().optional(),
  })
  .meta({ id: 'GrantUse' });
export type GrantUse = z.infer<typeof GrantUse>;

/** Who may use a thing, and who does. */
export const GrantReply = z
  .object({
    kind: GrantKind,
    id: z.string(),
    /** The project that owns it; left out where the installation does. */
    owner: z.string().optional(),
    /** Ids of the projects that it is granted to; `*` stands for all, also those that are made later. */
    projects: z.array(z.string()),
    uses: z.array(GrantUse),
    /** Projects that the caller may grant it to, or that have it. */
    choices: z.array(z.object({ id: z.string(), name: z.string() })),
  })
  .meta({ id: 'GrantReply' });
export type GrantReply = z.infer<typeof GrantReply>;

/** `GET /api/grants`: things that the caller may grant. */
export const GrantsReply = z.object({ grants: z.array(GrantReply) }).meta({ id: 'GrantsReply' });
export type GrantsReply = z.infer<typeof GrantsReply>;

/** `PUT /api/grants/:kind/:id`. */
export const SetGrantRequest = withReadOnly(
  z.strictObject({ projects: z.array(z.string().min(1).max(64)).max(10_000) }),
  GrantReply,
).meta({ id: 'SetGrantRequest' });
export type SetGrantRequest = z.infer<typeof SetGrantRequest>;

/** What it is now, and the live versions that may not be called any more. */
export const SetGrantReply = GrantReply.extend({ breaks: z.array(GrantUse) }).meta({ id: 'SetGrantReply' });
export type SetGrantReply = z.infer<typeof SetGrantReply>;
