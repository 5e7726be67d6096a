export { citationsOf } from './citations-of.js';
export { LateCitationList, LateRunActions, LateRunResult } from './late-parts.js';
export { ChatPanel } from './chat/ChatPanel.js';
export { useChatPorts } from './chat/use-chat-ports.js';
export { SidePanel } from './SidePanel.js';
