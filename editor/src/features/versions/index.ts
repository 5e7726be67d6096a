import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const VersionsPage = lazyPage(() => import('./VersionsPage.js').then(({ VersionsPage: page }) => page));
