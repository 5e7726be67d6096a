import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const SettingsPage = lazyPage(() => import('./SettingsPage.js').then(({ SettingsPage: page }) => page));
