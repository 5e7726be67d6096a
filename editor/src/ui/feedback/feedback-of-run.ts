import type { OwnFeedback } from '@heddle/core';

/** What a person can say about an answer in the editor and on a share page. */
export interface Said {
  readonly thumb?: 'up' | 'down' | undefined;
  /** 1 to 5. */
  readonly rating?: number | undefined;
  readonly comment?: string | undefined;
  /** The corrected answer. */
  readonly correction?: string | undefined;
}

/** What is stored, as a form shows it: a corrected value that is no text is written as JSON. */
export function saidOf({ thumb, rating, comment, correction }: OwnFeedback): Said {
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

/** Whether something is said at all. */
export const saysSomething = (said: Said): boolean => Object.values(said).some((value) => value !== undefined);
