import { latePart } from '../../ui/navigation/lazy-page.js';

/** The answer form. It loads with the first request, or when the browser is idle. */
export const LateAnswerForm = latePart(() => import('./AnswerForm.js').then(({ AnswerForm }) => AnswerForm));
