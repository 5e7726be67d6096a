import type { ConversationsReply } from '@heddle/core';
import { conversations, type ConversationFilter } from '../../api/conversations.js';
import type { PageSource } from '../use-pages.js';

/** Conversations, newest first, with the names of their subjects. */
export const conversationPages: PageSource<ConversationFilter, ConversationsReply> = {
  read: conversations.list,
  join: (before, { conversations: older, names, next }) => ({
    conversations: [...before.conversations, ...older],
    names: { ...before.names, ...names },
    next,
  }),
};
