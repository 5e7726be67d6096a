import { latePart } from '../../../ui/navigation/lazy-page.js';

/** The chat; loaded with the first one, or when the browser is idle. */
export const LateChatPanel = latePart(() => import('./ChatPanel.js').then(({ ChatPanel }) => ChatPanel));
