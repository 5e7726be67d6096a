import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const AuditSection = lazyPage(() => import('./AuditSection.js').then(({ AuditSection: page }) => page));
export const KillSwitchesSection = lazyPage(() =>
  import('./KillSwitchesSection.js').then(({ KillSwitchesSection: page }) => page),
);
