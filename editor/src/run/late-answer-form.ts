import { latePart } from '../pages/lazy-page.js';

/** The form of an answer: fetched with the first question, or when there is time. */
export const LateAnswerForm = latePart(() => import('./AnswerForm.js').then(({ AnswerForm }) => AnswerForm));
