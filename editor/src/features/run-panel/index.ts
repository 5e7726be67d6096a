export { LazyChatPanel } from './chat/late-chat-panel.js';
export { LazyRunActions, LazyRunResult } from './late-parts.js';
export { useChatPorts } from './chat/use-chat-ports.js';
export { SidePanel } from './SidePanel.js';
