import type { ConversationsReply } from '@heddle/core';
import { conversations, type ConversationFilter } from '../../data/api/conversations.js';
import type { PageSource } from '../../data/queries/use-pages.js';

/** Conversations, newest first, with the names of their subjects. */
export const conversationPages: PageSource<ConversationFilter, ConversationsReply> = {
  read: conversations.list,
  join: (before, { conversations: older, names, next }) => ({
    conversations: [...before.conversations, ...older],
    names: { ...before.names, ...names },
    next,
  }),
};
