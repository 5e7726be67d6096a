import { latePart } from '../pages/lazy-page.js';

/** What the panel shows once there is a run; it is fetched then, or when there is time. */
export const LateRunResult = latePart(() => import('./RunResult.js').then(({ RunResult }) => RunResult));
export const LateRunActions = latePart(() => import('../run/RunActions.js').then(({ RunActions }) => RunActions));
export const LateNestedPanel = latePart(() => import('../run/NestedPanel.js').then(({ NestedPanel }) => NestedPanel));
