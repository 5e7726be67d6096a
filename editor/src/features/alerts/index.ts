import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const AlertsPage = lazyPage(() => import('./AlertsPage.js').then(({ AlertsPage: page }) => page));
