import type { JsonObject } from '../values/json/json.js';

/** A human input request. */
export interface Question {
  readonly title: string;
  /** Markdown: the question and its consequences. */
  readonly body?: string;
  /** JSON schema of the answer, for its form. */
  readonly schema: JsonObject;
  /** The person who should answer. */
  readonly assignee?: string;
  /** When the request ends without an answer (milliseconds since the epoch). */
  readonly dueAt?: number;
  /** When the assignee gets a reminder (milliseconds since the epoch). */
  readonly remindAt?: number;
  /** The person who may also answer if the assignee does not answer after the reminder. */
  readonly escalateTo?: string;
  /** When that person may answer (milliseconds since the epoch). Default: after the reminder. */
  readonly escalateAt?: number;
  /** Choices that appear as buttons beside the form; the answer has the chosen id in `choice`. */
  readonly buttons?: readonly { readonly id: string; readonly title: string }[];
  /** Other data that the card shows beside the form. */
  readonly details?: JsonObject;
}

/** The result of `requestInput`. */
export type Answer =
  | { readonly type: 'answered'; readonly value: unknown; readonly by?: string; readonly reason?: string }
  | { readonly type: 'expired' };
