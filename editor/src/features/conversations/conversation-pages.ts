import type { ConversationsReply } from '@heddle/core';
import type { QueryOf } from '@heddle/core/api-client';
import { client } from '../../data/api/client.js';
import type { PageSource } from '../../data/queries/use-pages.js';

export type ConversationFilter = Omit<QueryOf<'/api/conversations'>, 'after' | 'limit'>;

/** Conversations, newest first, with the names of their subjects. */
export const conversationPages: PageSource<ConversationFilter, ConversationsReply> = {
  read: (filter, after, signal) =>
    client.GET('/api/conversations', { params: { query: { ...filter, limit: 50, after } }, signal }),
  join: (before, { conversations: older, names, next }) => ({
    conversations: [...before.conversations, ...older],
    names: { ...before.names, ...names },
    next,
  }),
};
