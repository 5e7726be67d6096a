import type { FeedbackFilter } from '@heddle/core';

/** The feedback that a run of a list must have, as a condition on `run_feedback`. */
export const feedbackConditions: Readonly<Record<FeedbackFilter, string>> = {
  any: 'TRUE',
  good: 'score > 0.5',
  bad: 'score < 0.5',
  comment: 'comment IS NOT NULL',
  correction: 'correction IS NOT NULL',
};
