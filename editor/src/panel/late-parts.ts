import { latePart } from '../pages/lazy-page.js';

/** What the panel shows once there is a run or a chat; it is fetched then, or when there is time. */
export const LateRunResult = latePart(() => import('./RunResult.js').then(({ RunResult }) => RunResult));
export const LateChatPanel = latePart(() => import('./ChatPanel.js').then(({ ChatPanel }) => ChatPanel));
export const LateNestedPanel = latePart(() => import('../run/NestedPanel.js').then(({ NestedPanel }) => NestedPanel));
