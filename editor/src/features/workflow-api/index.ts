import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const ApiPage = lazyPage(() => import('./ApiPage.js').then(({ ApiPage: page }) => page));
