import { isAtMost, type Delivery, type LabelLevel as Level, type OpenRequest } from '@heddle/core';
import { inboxLink } from '../../human-inputs/inbox-link.js';
import { questionLevel } from '../../human-inputs/question-level.js';

/** The part of a webhook message that describes a human input request. */
export interface RequestMessage {
  readonly requestId: string;
  /** The address of the page on which a person answers. */
  readonly link: string;
  /** The state at the time of the event, so that a repeated message is the same. */
  readonly isOpen: true;
  /** The assignee, or the person that the request was escalated to. */
  readonly to?: string;
  readonly question?: { readonly title: string; readonly dueAt?: number; readonly buttons?: readonly string[] };
}

/**
 * Describes a human input request as it was made; `request` is undefined if it is no longer known. The text of the question is sent only if
 * the clearance allows it; the value that the question is about is never sent.
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
