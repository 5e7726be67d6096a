export { ConnectionBanner } from './ConnectionBanner.js';
export { titleOf } from './page-title.js';
export { Rail } from './Rail.js';
export { KillSwitchBanner } from './KillSwitchBanner.js';
export { Toast } from './Toast.js';
