export { LateChatPanel } from './chat/late-chat-panel.js';
export { LateRunActions, LateRunResult } from './late-parts.js';
export { useChatPorts } from './chat/use-chat-ports.js';
export { SidePanel } from './SidePanel.js';
