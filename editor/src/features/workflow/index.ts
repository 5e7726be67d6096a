import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const DraftPage = lazyPage(() => import('./DraftPage.js').then(({ DraftPage: page }) => page));
export const RunPage = lazyPage(() => import('./RunPage.js').then(({ RunPage: page }) => page));
// It shares nearly all of its code with the draft: one chunk for both is smaller, and the canvas is a click away.
export const WorkflowChatPage = lazyPage(() => import('./DraftPage.js').then(({ WorkflowChatPage: page }) => page));
