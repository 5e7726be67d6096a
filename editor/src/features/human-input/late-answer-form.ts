import { lazyPart } from '../../ui/navigation/lazy-page.js';

/** The answer form. It loads with the first request, or when the browser is idle. */
export const LazyAnswerForm = lazyPart(() => import('./AnswerForm.js').then(({ AnswerForm }) => AnswerForm));
