import { latePart, lazyPage } from '../../ui/navigation/lazy-page.js';

/** The tab "Feedback" of the quality pages. */
export const AnnotationPage = lazyPage(() => import('./AnnotationPage.js').then(({ AnnotationPage: page }) => page));
/** The queues that wait for the user, for the inbox. */
export const LateWaitingQueues = latePart(() =>
  import('./WaitingQueues.js').then(({ WaitingQueues }) => WaitingQueues),
);
