import { isAtMost, type Delivery, type LabelLevel as Level, type OpenRequest } from '@heddle/core';
import { inboxLink } from '../../human-inputs/inbox-link.js';
import { questionLevel } from '../../human-inputs/question-level.js';

/** The part of a message about a question, besides its run. */
export interface RequestMessage {
  readonly requestId: string;
  /** The page to answer it. */
  readonly link: string;
  /** The state when the message was written: a repeated message is the same. */
  readonly isOpen: true;
  /** The assignee, or the person that the request was escalated to. */
  readonly to?: string;
  readonly question?: { readonly title: string; readonly dueAt?: number; readonly buttons?: readonly string[] };
}

/**
 * Describes a question as it was asked; `ask` is undefined where it is not known any more. The text of the question is sent only up to
 * the clearance; the value that it is about is never sent.
 */
export function requestMessage(
  { requestId, runId, event }: Pick<Delivery, 'runId' | 'event'> & { readonly requestId: string },
  request: Pick<OpenRequest, 'question'> | undefined,
  { clearance, publicUrl = '' }: { readonly clearance: Level; readonly publicUrl: string | undefined },
): RequestMessage {
  const link = inboxLink(publicUrl, runId, requestId);
  if (request === undefined) return { requestId, link, isOpen: true };
  const { title, assignee, escalateTo, dueAt, buttons } = request.question;
  const to = event === 'human-input.escalated' ? escalateTo : assignee;
  return {
    requestId,
    link,
    isOpen: true,
    to,
    ...(isAtMost(questionLevel(request), clearance)
      ? {
          question: {
            title,
            dueAt,
            buttons: buttons?.map((button) => button.title),
          },
        }
      : {}),
  };
}
