import { z } from 'zod';
import { Readers } from '../../access/readers.js';
import { withReadOnly } from '../read-only.js';
import { lazyObject } from '../../values/lazy-object.js';

const GroupName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u, 'The name contains invisible characters.');

/** Body of `POST /api/groups`. */
export const GroupRequest = z.strictObject({ name: GroupName }).meta({ id: 'GroupRequest' });
export type GroupRequest = z.infer<typeof GroupRequest>;

/** A group with its members: `user:ID`, `service:ID`, `key:ID`, `oidc-group:NAME`. */
export const GroupReply = lazyObject(() => ({
  id: z.string(),
  name: z.string(),
  createdAt: z.number(),
  members: z.array(z.object({ member: z.string(), title: z.string() })),
})).meta({ id: 'GroupReply' });
export type GroupReply = z.infer<typeof GroupReply>;

/** Body of `PATCH /api/groups/:id`. */
export const ChangeGroupRequest = withReadOnly(GroupRequest, GroupReply).meta({ id: 'ChangeGroupRequest' });
export type ChangeGroupRequest = z.infer<typeof ChangeGroupRequest>;

/** Reply of `GET /api/groups`; `claimed` has the group names that the sign-in provider reported for users. */
export const GroupsReply = lazyObject(() => ({ groups: z.array(GroupReply), claimed: z.array(z.string()) })).meta({
  id: 'GroupsReply',
});
export type GroupsReply = z.infer<typeof GroupsReply>;

/** A name that a list of readers can have. */
export const ReaderChoice = lazyObject(() => ({ reader: z.string(), title: z.string() })).meta({ id: 'ReaderChoice' });
export type ReaderChoice = z.infer<typeof ReaderChoice>;

/** Reply of `GET /api/readers`. */
export const ReaderChoicesReply = z.object({ readers: z.array(ReaderChoice) }).meta({ id: 'ReaderChoicesReply' });
export type ReaderChoicesReply = z.infer<typeof ReaderChoicesReply>;

/**
 * Body of `PUT /api/collections/:name/documents/:id/readers`, and reply of `GET`: who may read a document; null: everybody who may read the
 * collection.
 */
export const DocumentReaders = z.strictObject({ readers: Readers.nullable() }).meta({ id: 'DocumentReaders' });
export type DocumentReaders = z.infer<typeof DocumentReaders>;

/** The documents whose list of readers a request changed. */
export const ReadersChanged = lazyObject(() => ({
  documents: z.int().nonnegative(),
  readers: Readers.nullable().optional(),
})).meta({ id: 'ReadersChanged' });
export type ReadersChanged = z.infer<typeof ReadersChanged>;
