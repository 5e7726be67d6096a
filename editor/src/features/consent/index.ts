import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const ConsentPage = lazyPage(() => import('./ConsentPage.js').then(({ ConsentPage: page }) => page));
