import { z } from 'zod';
import { LabelLevel } from '../../labels/label.js';
import { longestFact, StoredFact } from '../../ports/memory/facts.js';
import { AfterConversation, ConversationFilters } from '../conversations.js';
import { queryNumber, QueryTime } from '../query/query-values.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Filters of facts; all given filters must match. */
const filters = {
  ...ConversationFilters.pick({ project: true, workflow: true, subject: true }).shape,
  /** Text in the key, the text, the subject or the workflow. */
  search: z.string().trim().min(1).max(200).optional(),
};

/** Query of `GET /api/facts/export`. */
export const FactFilters = z.strictObject(filters);
export type FactFilters = z.infer<typeof FactFilters>;

/** Query of `GET /api/facts`. */
export const FactsQuery = lazyStrictObject(() => ({
  ...filters,
  limit: queryNumber(z.int().min(1).max(500)).default(50),
  after: AfterConversation.optional(),
}));
export type FactsQuery = z.infer<typeof FactsQuery>;

/** Query of `DELETE /api/facts`. All given filters must match, and at least one is required. */
export const EraseFactsQuery = lazyStrictObject(() => ({
  ...filters,
  /** Last written before this time: milliseconds since the epoch, or a date. */
  before: QueryTime.optional(),
})).refine((query) => Object.values(query).some((value) => value !== undefined), {
  error: 'Say what to erase: project, workflow, subject, search or before',
});
export type EraseFactsQuery = z.infer<typeof EraseFactsQuery>;

/** Reply of `GET /api/facts`. */
export const FactsReply = lazyObject(() => ({
  facts: z.array(StoredFact),
  /** Names of subjects that are a user or a key of the project. */
  names: z.record(z.string(), z.string()),
  /** The `after` of the next page; missing on the last page. */
  next: z.string().optional(),
})).meta({ id: 'FactsReply' });
export type FactsReply = z.infer<typeof FactsReply>;

/** Body of `POST /api/facts/:id`. */
export const ChangeFactRequest = lazyStrictObject(() => ({
  text: z.string().trim().min(1).max(longestFact).optional(),
  /** Epoch milliseconds; null: no expiry. */
  expiresAt: z.number().positive().max(8.64e15).nullable().optional(),
}))
  .refine(({ text, expiresAt }) => text !== undefined || expiresAt !== undefined, {
    error: 'Give a text, an end, or both',
  })
  .meta({ id: 'ChangeFactRequest' });
export type ChangeFactRequest = z.infer<typeof ChangeFactRequest>;

/** The result of erasing facts. */
export const ErasedFactsReply = z.object({ facts: z.int().nonnegative() }).meta({ id: 'ErasedFactsReply' });
export type ErasedFactsReply = z.infer<typeof ErasedFactsReply>;

/** A fact as its subject sees it. */
export const OwnFact = lazyObject(() => ({
  id: z.string(),
  /** The id of the workflow. */
  workflow: z.string(),
  /** Empty, like the text, if the fact is above the clearance of the version's replies. */
  key: z.string(),
  text: z.string(),
  label: LabelLevel,
  /** Whether the key and the text are withheld because the label is above the clearance. */
  isWithheld: z.boolean(),
  /** The run and the thread in which the fact was stored. */
  run: z.string().optional(),
  thread: z.string().optional(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  updatedAt: z.number(),
  expiresAt: z.number().optional(),
})).meta({ id: 'OwnFact' });
export type OwnFact = z.infer<typeof OwnFact>;

/** Query of `GET /v1/facts`. */
export const OwnFactsQuery = lazyStrictObject(() => ({
  /** Id or slug of a workflow. */
  workflow: z.string().max(300).optional(),
  /** Text in the key or the text. */
  search: z.string().trim().min(1).max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: AfterConversation.optional(),
}));
export type OwnFactsQuery = z.infer<typeof OwnFactsQuery>;

/** Reply of `GET /v1/facts`: the newest first. */
export const OwnFactsReply = lazyObject(() => ({
  facts: z.array(OwnFact),
  /** The `after` of the next page; missing on the last page. */
  next: z.string().optional(),
})).meta({ id: 'OwnFactsReply' });
export type OwnFactsReply = z.infer<typeof OwnFactsReply>;
