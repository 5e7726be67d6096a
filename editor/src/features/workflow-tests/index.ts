import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const TestsPage = lazyPage(() => import('./TestsPage.js').then(({ TestsPage: page }) => page));
