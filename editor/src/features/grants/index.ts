import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const GrantsSection = lazyPage(() => import('./GrantsSection.js').then(({ GrantsSection: page }) => page));
export { GrantLine } from './GrantLine.js';
