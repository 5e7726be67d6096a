import { z } from 'zod';
import { Readers } from '../access/readers.js';

const GroupName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u, 'The name has characters that nobody sees.');

/** Body of `POST /api/groups` and `PATCH /api/groups/:id`. */
export const GroupRequest = z.strictObject({ name: GroupName }).meta({ id: 'GroupRequest' });
export type GroupRequest = z.infer<typeof GroupRequest>;

/** A group with its members: `user:ID`, `service:ID`, `key:ID`, `oidc-group:NAME`. */
export const GroupReply = z
  .object({
    id: z.string(),
    name: z.string(),
    createdAt: z.number(),
    members: z.array(z.object({ member: z.string(), title: z.string() })),
  })
  .meta({ id: 'GroupReply' });
export type GroupReply = z.infer<typeof GroupReply>;

/** Reply of `GET /api/groups`; `claimed` has the group names that the sign-in provider said of users. */
export const GroupsReply = z
  .object({ groups: z.array(GroupReply), claimed: z.array(z.string()) })
  .meta({ id: 'GroupsReply' });
export type GroupsReply = z.infer<typeof GroupsReply>;

/** A name that a list of readers can have. */
export const ReaderChoice = z.object({ reader: z.string(), title: z.string() }).meta({ id: 'ReaderChoice' });
export type ReaderChoice = z.infer<typeof ReaderChoice>;

/** Reply of `GET /api/readers`. */
export const ReaderChoicesReply = z
  .object({ readers: z.array(ReaderChoice) })
  .meta({ id: 'ReaderChoicesReply' });
export type ReaderChoicesReply = z.infer<typeof ReaderChoicesReply>;

/** Body of `PUT /api/collections/:name/readers`: who may read a document from now on; null: everybody who may read the collection. */
export const SetReadersRequest = z
  .strictObject({ document: z.string().min(1).max(2_000), readers: Readers.nullable() })
  .meta({ id: 'SetReadersRequest' });
export type SetReadersRequest = z.infer<typeof SetReadersRequest>;

/** Documents whose list a request changed. */
export const ReadersChanged = z
  .object({ documents: z.int().nonnegative(), readers: Readers.nullable().optional() })
  .meta({ id: 'ReadersChanged' });
export type ReadersChanged = z.infer<typeof ReadersChanged>;
