import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const QualityPage = lazyPage(() => import('./QualityPage.js').then(({ QualityPage: page }) => page));
