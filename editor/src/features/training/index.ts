import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const TrainingPage = lazyPage(() => import('./TrainingPage.js').then(({ TrainingPage: page }) => page));
