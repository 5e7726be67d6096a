import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const DashboardPage = lazyPage(() => import('./DashboardPage.js').then(({ DashboardPage: page }) => page));
