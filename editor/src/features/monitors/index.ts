import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const MonitorsPage = lazyPage(() => import('./MonitorsPage.js').then(({ MonitorsPage: page }) => page));
