import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const TriggersPage = lazyPage(() => import('./TriggersPage.js').then(({ TriggersPage: page }) => page));
