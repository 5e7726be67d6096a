import { isAtMost, LabelLevel, type Delivery, type LabelLevel as Level, type OpenRequest } from '@heddle/core';

/** What a message about a question says beside its run. */
export interface RequestMessage {
  readonly requestId: string;
  /** The page on which it is answered. */
  readonly link: string;
  /** So it was when the message was written: a message that is sent again says the same. */
  readonly isOpen: true;
  /** Whom it is for: who is asked, or whom it was passed on to. */
  readonly to?: string;
  readonly question?: { readonly title: string; readonly dueAt?: number; readonly buttons?: readonly string[] };
}

/**
 * What is said of a question, as it was asked: `ask` is left out where nothing is known of it any more. What is asked is told only up to
 * the clearance; the value that it is about never is.
 */
export function requestMessage(
  { requestId, runId, event }: Pick<Delivery, 'runId' | 'event'> & { readonly requestId: string },
  request: Pick<OpenRequest, 'question'> | undefined,
  { clearance, publicUrl = '' }: { readonly clearance: Level; readonly publicUrl: string | undefined },
): RequestMessage {
  const link = `${publicUrl.replace(/\/+$/, '')}/inbox?${new URLSearchParams({ run: runId, request: requestId }).toString()}`;
  if (request === undefined) return { requestId, link, isOpen: true };
  const { title, assignee, escalateTo, dueAt, buttons } = request.question;
  const to = event === 'human-input.escalated' ? escalateTo : assignee;
  return {
    ...{ requestId, link, isOpen: true },
    ...(to === undefined ? {} : { to }),
    ...(isAtMost(levelOf(request), clearance)
      ? {
          question: {
            title,
            ...(dueAt === undefined ? {} : { dueAt }),
            ...(buttons === undefined ? {} : { buttons: buttons.map((button) => button.title) }),
          },
        }
      : {}),
  };
}

/** A question that does not say what it was made of is told to nobody outside. */
function levelOf({ question }: Pick<OpenRequest, 'question'>): Level {
  const label: unknown = question.details?.['label'];
  const level: unknown = typeof label === 'object' && label !== null && 'level' in label ? label.level : undefined;
  return LabelLevel.catch('restricted').parse(level);
}
