import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const GatesPage = lazyPage(() => import('./GatesPage.js').then(({ GatesPage: page }) => page));
