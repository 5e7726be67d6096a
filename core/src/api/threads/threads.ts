import { z } from 'zod';
import { OwnFeedback } from '../../quality/feedback/feedback.js';
import { LabelLevel } from '../../labels/label.js';
import { RunStatus } from '../../events/events.js';
import { Citation } from '../../values/values.js';
import { AfterConversation } from '../conversations.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** The name of a thread. */
const Title = z.string().trim().min(1).max(200);

/** A thread as its subject sees it. */
export const Thread = lazyObject(() => ({
  id: z.string(),
  /** The id of the workflow. */
  workflow: z.string(),
  /** The given name, or the first question. */
  title: z.string().optional(),
  messages: z.int().nonnegative(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  updatedAt: z.number(),
})).meta({ id: 'Thread' });
export type Thread = z.infer<typeof Thread>;

/** A message of a thread: a question or an answer. Tool calls and their results are not included. */
export const ThreadMessage = lazyObject(() => ({
  role: z.enum(['user', 'assistant']),
  /** Empty if the message is above the clearance of the version's replies. */
  text: z.string(),
  label: LabelLevel,
  /** Whether the text is withheld because its label is above the clearance. */
  isWithheld: z.boolean(),
  /** Epoch milliseconds. */
  time: z.number(),
  run: z.string().optional(),
  citations: z.array(Citation).optional(),
  /** The caller's feedback on the run of an answer. */
  feedback: z.array(OwnFeedback).optional(),
})).meta({ id: 'ThreadMessage' });
export type ThreadMessage = z.infer<typeof ThreadMessage>;

/** Query of `GET /v1/threads`. */
export const ThreadsQuery = lazyStrictObject(() => ({
  /** Id or slug of a workflow. */
  workflow: z.string().max(300).optional(),
  /** Text in the name or the messages. */
  search: z.string().trim().min(1).max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: AfterConversation.optional(),
}));
export type ThreadsQuery = z.infer<typeof ThreadsQuery>;

/** Reply of `GET /v1/threads`: the newest first. */
export const ThreadsReply = lazyObject(() => ({
  threads: z.array(Thread),
  /** The `after` of the next page; missing on the last page. */
  next: z.string().optional(),
})).meta({ id: 'ThreadsReply' });
export type ThreadsReply = z.infer<typeof ThreadsReply>;

/** Query of `GET /v1/threads/:id/messages`. */
export const ThreadMessagesQuery = lazyStrictObject(() => ({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** The `next` of the previous page. */
  before: z.coerce.number().int().positive().optional(),
}));
export type ThreadMessagesQuery = z.infer<typeof ThreadMessagesQuery>;

/** Reply of `GET /v1/threads/:id/messages`: the newest page, oldest message first. */
export const ThreadMessagesReply = lazyObject(() => ({
  messages: z.array(ThreadMessage),
  /** The current run on the thread. Its question and answer become messages when it ends. */
  running: z.object({ run: z.string(), status: RunStatus, question: z.string().optional() }).optional(),
  /** The `before` of the next page, which has earlier messages; missing at the start. */
  next: z.int().positive().optional(),
})).meta({ id: 'ThreadMessagesReply' });
export type ThreadMessagesReply = z.infer<typeof ThreadMessagesReply>;

/** Body of `POST /v1/threads`. */
export const BeginThreadRequest = lazyStrictObject(() => ({
  /** Id or slug of a published workflow. */
  workflow: z.string().min(1).max(300),
  title: Title.optional(),
})).meta({ id: 'BeginThreadRequest' });
export type BeginThreadRequest = z.infer<typeof BeginThreadRequest>;

/** Body of `POST /v1/threads/:id`. */
export const RenameThreadRequest = z.strictObject({ title: Title }).meta({ id: 'RenameThreadRequest' });
export type RenameThreadRequest = z.infer<typeof RenameThreadRequest>;
