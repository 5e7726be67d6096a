import { createContext, useContext, useSyncExternalStore, type ReactElement, type ReactNode } from 'react';
import { isPending } from './turns.js';
import type { Chat, ChatState } from './types.js';

const ChatContext = createContext<Chat | undefined>(undefined);

/** Provides a chat to the components inside. */
export function ChatProvider({ chat, children }: { readonly chat: Chat; readonly children?: ReactNode }): ReactElement {
  return <ChatContext value={chat}>{children}</ChatContext>;
}

/** The result of `useChat`: the state of the chat, and the chat itself with its actions. */
export interface UsedChat extends ChatState {
  readonly chat: Chat;
  /** Whether an answer is expected. */
  readonly isBusy: boolean;
}

/**
 * The chat of the nearest `ChatProvider`. The component renders again when messages arrive.
 *
 * @example const { turns, isBusy, chat } = useChat();
 */
export function useChat(): UsedChat {
  const chat = useChatItself();
  const state = useSyncExternalStore(chat.subscribe, chat.getState, chat.getState);
  return { ...state, chat, isBusy: state.turns.some(isPending) };
}

/** The chat of the nearest `ChatProvider`, for a component that does not show its messages. */
export function useChatItself(): Chat {
  const chat = useContext(ChatContext);
  if (chat === undefined)
    throw new Error('This component belongs inside <ChatProvider chat={…}> or <ChatView chat={…}>.');
  return chat;
}
