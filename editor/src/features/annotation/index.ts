import { lazyPart, lazyPage } from '../../ui/navigation/lazy-page.js';

/** The tab "Feedback" of the quality pages. */
export const AnnotationPage = lazyPage(() => import('./AnnotationPage.js').then(({ AnnotationPage: page }) => page));
/** The inbox part with the annotation queues that have items for the user. */
export const LazyWaitingQueues = lazyPart(() =>
  import('./WaitingQueues.js').then(({ WaitingQueues }) => WaitingQueues),
);
