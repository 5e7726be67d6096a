import { lazyPart } from '../../ui/navigation/lazy-page.js';

/** The parts of the panel that show a run. They load with the first run, or when the browser is idle. */
export const LazyRunResult = lazyPart(() => import('./RunResult.js').then(({ RunResult }) => RunResult));
export const LazyRunFeedback = lazyPart(() => import('./RunFeedback.js').then(({ RunFeedback }) => RunFeedback));
export const LazyRunActions = lazyPart(() => import('./RunActions.js').then(({ RunActions }) => RunActions));
export const LazyCitationList = lazyPart(() => import('./CitationList.js').then(({ CitationList }) => CitationList));
