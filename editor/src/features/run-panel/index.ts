export { LateRunActions, LateRunResult } from './late-parts.js';
export { SidePanel } from './SidePanel.js';
