import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const DraftPage = lazyPage(() => import('./DraftPage.js').then(({ DraftPage: page }) => page));
export const RunPage = lazyPage(() => import('./RunPage.js').then(({ RunPage: page }) => page));
// Shares a chunk with the draft page. Nearly all code is the same, and the canvas is only a click away.
export const WorkflowChatPage = lazyPage(() => import('./DraftPage.js').then(({ WorkflowChatPage: page }) => page));
