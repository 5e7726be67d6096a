import { latePart } from '../../../ui/navigation/lazy-page.js';

/** The list of threads; not needed for the first question. */
export const LateChatThreads = latePart(() => import('./ChatThreads.js').then(({ ChatThreads }) => ChatThreads));
