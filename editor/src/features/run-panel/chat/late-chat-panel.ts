import { lazyPart } from '../../../ui/navigation/lazy-page.js';

/** The chat. It loads with the first workflow that has one, or when the browser is idle. */
export const LazyChatPanel = lazyPart(() => import('./ChatPanel.js').then(({ ChatPanel }) => ChatPanel));
