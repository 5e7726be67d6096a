import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const SignInPage = lazyPage(() => import('./SignInPage.js').then(({ SignInPage: page }) => page));
