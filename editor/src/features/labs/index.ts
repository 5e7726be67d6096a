import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const LabsPage = lazyPage(() => import('./LabsPage.js').then(({ LabsPage: page }) => page));
