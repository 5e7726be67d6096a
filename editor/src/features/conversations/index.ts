import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const ConversationsSection = lazyPage(() =>
  import('./ConversationsSection.js').then(({ ConversationsSection: page }) => page),
);
export const CachesSection = lazyPage(() => import('./CachesSection.js').then(({ CachesSection: page }) => page));
