import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const ClusterSection = lazyPage(() => import('./ClusterSection.js').then(({ ClusterSection: page }) => page));
