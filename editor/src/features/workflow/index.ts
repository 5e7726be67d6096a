import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const DraftPage = lazyPage(() => import('./DraftPage.js').then(({ DraftPage: page }) => page));
export const RunPage = lazyPage(() => import('./RunPage.js').then(({ RunPage: page }) => page));
