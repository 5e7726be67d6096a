import { lazyPage } from '../../ui/navigation/lazy-page.js';

export { ConnectionBanner } from './ConnectionBanner.js';
export { titleOf } from './page-title.js';
export { Rail } from './Rail.js';
/** Rarely shown parts, which load after the first paint. */
export const Toast = lazyPage(() => import('./Toast.js').then(({ Toast: toast }) => toast));
export const KillSwitchBanner = lazyPage(() =>
  import('./KillSwitchBanner.js').then(({ KillSwitchBanner: banner }) => banner),
);
