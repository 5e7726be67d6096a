import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const SpendPage = lazyPage(() => import('./SpendPage.js').then(({ SpendPage: page }) => page));
