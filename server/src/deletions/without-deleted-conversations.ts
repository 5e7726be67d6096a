import {
  threadNotFound,
  type ConversationQuery,
  type Conversations,
  type Memory,
  type StoredConversation,
} from '@heddle/core';
import type { Deletions } from './deletions.js';

type Known = Pick<Deletions, 'find' | 'list'>;

/** Conversations in which deleted ones are absent. */
export function withoutDeletedConversations(stored: Conversations, deletions: Known): Conversations {
  const isSeen = ({ id }: Pick<StoredConversation, 'id'>): boolean => deletions.find('conversation', id) === undefined;
  const some = (): number => deletions.list('conversation').length;
  const list = (query: ConversationQuery): readonly StoredConversation[] =>
    stored
      .list({ ...query, limit: query.limit + some() })
      .filter(isSeen)
      .slice(0, query.limit);
  const check = (id: string): void => {
    if (!isSeen({ id })) throw threadNotFound();
  };
  return {
    begin: (...given) => stored.begin(...given),
    memory: (id, run) => memoryOf(stored.memory(id, run), () => check(id)),
    list,
    count: (query) => (some() === 0 ? stored.count(query) : list({ ...query, limit: stored.count(query) }).length),
    find: (id) => (isSeen({ id }) ? stored.find(id) : undefined),
    read: (id, options) => (isSeen({ id }) ? stored.read(id, options) : undefined),
    rename: (id, title) => {
      check(id);
      stored.rename(id, title);
    },
    claim: (id, run, before) => isSeen({ id }) && stored.claim(id, run, before),
    unrecorded: (id) => stored.unrecorded(id),
    record: (id, record) => stored.record(id, record),
    erase: (ids) => stored.erase(ids),
    sweep: (...given) => stored.sweep(...given),
    forgetErased: () => stored.forgetErased(),
    assign: (id, owner) => stored.assign(id, owner),
  };
}

/** The memory of a run, which ends when the conversation is deleted. */
function memoryOf(memory: Memory, check: () => void): Memory {
  return {
    read: async (options) => {
      check();
      return memory.read(options);
    },
    append: async (turns, options) => {
      check();
      await memory.append(turns, options);
    },
    summarise: async (summary) => {
      check();
      await memory.summarise(summary);
    },
  };
}
