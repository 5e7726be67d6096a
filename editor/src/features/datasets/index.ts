import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const DatasetsPage = lazyPage(() => import('./DatasetsPage.js').then(({ DatasetsPage: page }) => page));
