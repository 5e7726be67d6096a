import { lazyPart } from '../../../ui/navigation/lazy-page.js';

/** The list of threads. It loads on demand, because the first question does not need it. */
export const LazyChatThreads = lazyPart(() => import('./ChatThreads.js').then(({ ChatThreads }) => ChatThreads));
