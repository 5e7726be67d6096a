/** The exports of the package `@heddle/react`. */
import './kit.css';

export { createChat, type ChatOptions } from './chat.js';
export { ChatError } from './chat-error.js';
export { ChatView } from './ChatView.js';
export { Citations } from './Citations.js';
export { Composer } from './Composer.js';
export { HumanInput } from './HumanInput.js';
export { Messages } from './Messages.js';
export type {
  Chat,
  ChatEvent,
  ChatPorts,
  ChatRun,
  ChatServer,
  ChatState,
  Question,
  Rating,
  Source,
  StoredFile,
  ThreadPage,
  Turn,
} from './types.js';
export { ChatProvider, useChat, type UsedChat } from './use-chat.js';
export { workflowServer } from './workflow-server.js';
