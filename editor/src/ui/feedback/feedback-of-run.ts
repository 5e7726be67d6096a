import type { OwnFeedback } from '@heddle/core';

/** The feedback that a user can give on an answer, in the editor and on a share page. */
export interface FeedbackValues {
  readonly thumb?: 'up' | 'down' | undefined;
  /** 1 to 5. */
  readonly rating?: number | undefined;
  readonly comment?: string | undefined;
  readonly correction?: string | undefined;
}

/** Stored feedback as the form shows it. A corrected value that is not a text is shown as JSON. */
export function feedbackValuesOf({ thumb, rating, comment, correction }: OwnFeedback): FeedbackValues {
  return {
    thumb,
    rating,
    comment,
    correction:
      correction === undefined || typeof correction === 'string'
        ? correction
        : JSON.stringify(correction, undefined, 2),
  };
}

/** Whether the feedback contains anything. */
export const hasFeedback = (said: FeedbackValues): boolean => Object.values(said).some((value) => value !== undefined);
