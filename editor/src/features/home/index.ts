import { lazyPage } from '../../ui/navigation/lazy-page.js';

export { HomePage } from './HomePage.js';
export const TemplatesPage = lazyPage(() =>
  import('./templates/TemplatesPage.js').then(({ TemplatesPage: page }) => page),
);
