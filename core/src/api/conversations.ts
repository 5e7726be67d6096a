import { z } from 'zod';
import { queryNumber, QueryTime } from './query/query-values.js';
import { ConversationOwner, StoredConversation, WholeConversation } from '../ports/conversations.js';
import { StoredCache } from '../ports/caches.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

/** Filters of conversations; all given filters must match. */
const filters = {
  /** Id of a project. The header `Heddle-Project` also sets it. */
  project: z.string().max(64).optional(),
  /** Id of a workflow, or `document:` and the name of a document that is not stored. */
  workflow: z.string().max(300).optional(),
  /** The subject of the conversation, such as `user:ID`, `key:ID` or `end-user:NAME`. */
  subject: z.string().max(512).optional(),
  /** Text in the name, the subject, the workflow or the messages. */
  search: z.string().trim().min(1).max(200).optional(),
  /** Only conversations without an owner; requires the right `project:manage`. */
  unassigned: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
};

/** Query of `GET /api/conversations/export`. */
export const ConversationFilters = z.strictObject(filters);
export type ConversationFilters = z.infer<typeof ConversationFilters>;

/** The `next` of the previous page of conversations. */
export const AfterConversation = z
  .string()
  .regex(/^\d+(\.\d+)?_[0-9a-f]{1,64}$/, 'Use the `next` of the previous page.')
  .transform((text) => {
    const [updatedAt, id = ''] = text.split('_');
    return { updatedAt: Number(updatedAt), id };
  });

/** Query of `GET /api/conversations`. */
export const ConversationsQuery = lazyStrictObject(() => ({
  ...filters,
  limit: queryNumber(z.int().min(1).max(500)).default(50),
  after: AfterConversation.optional(),
}));
export type ConversationsQuery = z.infer<typeof ConversationsQuery>;

/** Query of `DELETE /api/conversations`. All given filters must match, and at least one is required. */
export const EraseConversationsQuery = lazyStrictObject(() => ({
  ...filters,
  /** Last written before this time: milliseconds since the epoch, or a date. */
  before: QueryTime.optional(),
})).refine((query) => Object.values(query).some((value) => value !== undefined && value !== false), {
  error: 'Say what to erase: project, workflow, subject, search, unassigned or before',
});
export type EraseConversationsQuery = z.infer<typeof EraseConversationsQuery>;

/** Reply of `GET /api/conversations`. */
export const ConversationsReply = lazyObject(() => ({
  conversations: z.array(StoredConversation),
  /** Names of subjects that are a user or a key of the project. */
  names: z.record(z.string(), z.string()),
  /** The `after` of the next page; missing on the last page. */
  next: z.string().optional(),
})).meta({ id: 'ConversationsReply' });
export type ConversationsReply = z.infer<typeof ConversationsReply>;

/** Reply of `GET /api/conversations/:id`. */
export const ConversationReply = WholeConversation.extend({
  /** The `before` of the previous turns; missing at the start of the conversation. */
  next: z.int().positive().optional(),
}).meta({ id: 'ConversationReply' });
export type ConversationReply = z.infer<typeof ConversationReply>;

/** Body of `POST /api/conversations/:id/assign`. */
export const AssignConversationRequest = lazyObject(() => ({
  project: ConversationOwner.shape.project.min(1).max(64),
  /** Id or slug of a workflow of the project, or `document:` and a name. */
  workflow: ConversationOwner.shape.workflow.min(1).max(300),
  subject: ConversationOwner.shape.subject
    .max(512)
    .regex(/^(?:local|(?:user|key|service|end-user|visitor|schedule|webhook|batch):[^\n\r\u2028\u2029]+)$/, {
      error: 'local, user:ID, key:ID, service:ID, end-user:NAME, visitor:ID, schedule:ID, webhook:ID or batch:ID',
    }),
})).meta({ id: 'AssignConversationRequest' });
export type AssignConversationRequest = z.infer<typeof AssignConversationRequest>;

/** The result of erasing conversations. */
export const ErasedConversationsReply = lazyObject(() => ({
  conversations: z.int().nonnegative(),
  turns: z.int().nonnegative(),
})).meta({ id: 'ErasedConversationsReply' });
export type ErasedConversationsReply = z.infer<typeof ErasedConversationsReply>;

/** Reply of `GET /api/caches`: the caches of the visible projects, and what they saved. */
export const CachesReply = lazyObject(() => ({
  caches: z.array(StoredCache),
  hits: z.int().nonnegative(),
  /** Money that cache hits saved, by currency. */
  saved: z.record(z.string(), z.number()),
})).meta({ id: 'CachesReply' });
export type CachesReply = z.infer<typeof CachesReply>;

/** Query of `DELETE /api/caches`: clears the caches of one project, all of them without a filter. */
export const ClearCachesQuery = lazyStrictObject(() => ({
  workflow: z.string().max(300).optional(),
  name: z.string().max(300).optional(),
}));
export type ClearCachesQuery = z.infer<typeof ClearCachesQuery>;
/** The number of removed results. */
export const ClearedCachesReply = z.object({ cleared: z.int().nonnegative() }).meta({ id: 'ClearedCachesReply' });
export type ClearedCachesReply = z.infer<typeof ClearedCachesReply>;
