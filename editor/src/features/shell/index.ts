import { lazyPage } from '../../ui/navigation/lazy-page.js';

export { ConnectionBanner } from './ConnectionBanner.js';
export { titleOf } from './page-title.js';
export { Rail } from './Rail.js';
export { Toast } from './Toast.js';
/** It is rarely shown: it loads after the first paint. */
export const KillSwitchBanner = lazyPage(() =>
  import('./KillSwitchBanner.js').then(({ KillSwitchBanner: banner }) => banner),
);
