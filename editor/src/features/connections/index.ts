import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const ConnectionsPage = lazyPage(() => import('./ConnectionsPage.js').then(({ ConnectionsPage: page }) => page));
export const ConnectionPage = lazyPage(() => import('./ConnectionPage.js').then(({ ConnectionPage: page }) => page));
