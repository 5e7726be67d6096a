import { z } from 'zod';
import { ConversationOwner, StoredConversation, WholeConversation } from '../ports/conversations.js';
import { StoredCache } from '../ports/caches.js';

/** Which conversations are meant; all that is given must hold. */
const filters = {
  /** Id of a project; the header `Heddle-Project` names it as well. */
  project: z.string().max(64).optional(),
  /** Id of a workflow, or `document:` and the name of a document that is not stored. */
  workflow: z.string().max(300).optional(),
  /** Whom the conversation is with, such as `user:ID`, `key:ID` or `end-user:NAME`. */
  subject: z.string().max(512).optional(),
  session: z.string().max(512).optional(),
  /** Words in the session, the subject, the workflow or what was said. */
  search: z.string().trim().min(1).max(200).optional(),
  /** Those without an owner, which a person with the right `project:manage` sees. */
  unassigned: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
};

/** `GET /api/conversations/export`. */
export const ConversationFilters = z.strictObject(filters).meta({ id: 'ConversationFilters' });
export type ConversationFilters = z.infer<typeof ConversationFilters>;

/** `GET /api/conversations`. */
export const ConversationsQuery = z
  .strictObject({
    ...filters,
    limit: z.coerce.number().int().min(1).max(500).default(50),
    /** The `next` of the page before. */
    after: z
      .string()
      .regex(/^\d+(\.\d+)?_[0-9a-f]{1,64}$/, 'Give the `next` of the page before.')
      .transform((text) => {
        const [updatedAt, id = ''] = text.split('_');
        return { updatedAt: Number(updatedAt), id };
      })
      .optional(),
  })
  .meta({ id: 'ConversationsQuery' });
export type ConversationsQuery = z.infer<typeof ConversationsQuery>;

/** `DELETE /api/conversations`: what is erased; all that is given must hold, and something must be. */
export const EraseConversationsQuery = z
  .strictObject({
    ...filters,
    /** Last written before this time: epoch milliseconds, or a date. */
    before: z.union([z.coerce.number().nonnegative(), z.iso.date().transform((text) => Date.parse(text))]).optional(),
  })
  .refine((query) => Object.values(query).some((value) => value !== undefined && value !== false), {
    error: 'Say what to erase: project, workflow, subject, session, search, unassigned or before',
  })
  .meta({ id: 'EraseConversationsQuery' });
export type EraseConversationsQuery = z.infer<typeof EraseConversationsQuery>;

export const ConversationsReply = z
  .object({
    conversations: z.array(StoredConversation),
    /** What subjects are called, where a user or a key of the project has a name. */
    names: z.record(z.string(), z.string()),
    /** Where the next page begins, as `after` takes it; left out at the end. */
    next: z.string().optional(),
  })
  .meta({ id: 'ConversationsReply' });
export type ConversationsReply = z.infer<typeof ConversationsReply>;

/** `GET /api/conversations/:id`. */
export const ConversationReply = WholeConversation.extend({
  /** Where the turns before these end, as `before` takes it; left out at the beginning. */
  next: z.int().positive().optional(),
}).meta({ id: 'ConversationReply' });
export type ConversationReply = z.infer<typeof ConversationReply>;

/** `POST /api/conversations/:id/assign`. */
export const AssignConversationRequest = z
  .object({
    project: ConversationOwner.shape.project.min(1).max(64),
    /** Id or slug of a workflow of the project, or `document:` and a name. */
    workflow: ConversationOwner.shape.workflow.min(1).max(300),
    subject: ConversationOwner.shape.subject
      .max(512)
      .regex(/^(?:local|(?:user|key|service|end-user|visitor|schedule|webhook|batch):.+)$/, {
        error: 'local, user:ID, key:ID, service:ID, end-user:NAME, visitor:ID, schedule:ID, webhook:ID or batch:ID',
      }),
  })
  .meta({ id: 'AssignConversationRequest' });
export type AssignConversationRequest = z.infer<typeof AssignConversationRequest>;

export const ErasedConversationsReply = z
  .object({ conversations: z.int().nonnegative(), turns: z.int().nonnegative() })
  .meta({ id: 'ErasedConversationsReply' });
export type ErasedConversationsReply = z.infer<typeof ErasedConversationsReply>;

/** `GET /api/caches`: what the caches of the visible projects hold and saved. */
export const CachesReply = z
  .object({
    caches: z.array(StoredCache),
    hits: z.int().nonnegative(),
    /** Money that hits saved, by currency. */
    saved: z.record(z.string(), z.number()),
  })
  .meta({ id: 'CachesReply' });
export type CachesReply = z.infer<typeof CachesReply>;

/** `DELETE /api/caches`: the caches of one project that are emptied; without a filter all of them. */
export const ClearCachesQuery = z
  .strictObject({ workflow: z.string().max(300).optional(), name: z.string().max(300).optional() })
  .meta({ id: 'ClearCachesQuery' });
export type ClearCachesQuery = z.infer<typeof ClearCachesQuery>;
export const ClearedCachesReply = z.object({ cleared: z.int().nonnegative() }).meta({ id: 'ClearedCachesReply' });
export type ClearedCachesReply = z.infer<typeof ClearedCachesReply>;
