import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const ExperimentsPage = lazyPage(() => import('./ExperimentsPage.js').then(({ ExperimentsPage: page }) => page));
