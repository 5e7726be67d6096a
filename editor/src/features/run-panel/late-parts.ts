import { latePart } from '../../ui/navigation/lazy-page.js';

/** The parts of the panel that show a run. They load with the first run, or when the browser is idle. */
export const LateRunResult = latePart(() => import('./RunResult.js').then(({ RunResult }) => RunResult));
export const LateRunFeedback = latePart(() => import('./RunFeedback.js').then(({ RunFeedback }) => RunFeedback));
export const LateRunActions = latePart(() => import('./RunActions.js').then(({ RunActions }) => RunActions));
export const LateCitationList = latePart(() => import('./CitationList.js').then(({ CitationList }) => CitationList));
