import {
  threadNotFound,
  type ConversationQuery,
  type Conversations,
  type Memory,
  type StoredConversation,
} from '@heddle/core';
import type { Deletions } from './deletions.js';

type Known = Pick<Deletions, 'find' | 'list'>;

/** Hides deleted conversations. */
export function withoutDeletedConversations(stored: Conversations, deletions: Known): Conversations {
  const isSeen = ({ id }: Pick<StoredConversation, 'id'>): boolean => deletions.find('conversation', id) === undefined;
  const some = (): number => deletions.list('conversation').length;
  const list = async (query: ConversationQuery): Promise<readonly StoredConversation[]> => {
    const found = await stored.list({ ...query, limit: query.limit + some() });
    return found.filter(isSeen).slice(0, query.limit);
  };
  const check = (id: string): void => {
    if (!isSeen({ id })) throw threadNotFound();
  };
  return {
    begin: (...given) => stored.begin(...given),
    memory: (id, run) => memoryOf(stored.memory(id, run), () => check(id)),
    list,
    count: async (query) => {
      const count = await stored.count(query);
      return some() === 0 ? count : (await list({ ...query, limit: count })).length;
    },
    find: (id) => (isSeen({ id }) ? stored.find(id) : Promise.resolve(undefined)),
    read: (id, options) => (isSeen({ id }) ? stored.read(id, options) : Promise.resolve(undefined)),
    rename: async (id, ...given) => {
      check(id);
      await stored.rename(id, ...given);
    },
    claim: (id, run, before) => (isSeen({ id }) ? stored.claim(id, run, before) : Promise.resolve(false)),
    unrecorded: (id) => stored.unrecorded(id),
    record: (id, record) => stored.record(id, record),
    erase: (...given) => stored.erase(...given),
    sweep: (...given) => stored.sweep(...given),
    forgetErased: () => stored.forgetErased(),
    assign: (...given) => stored.assign(...given),
  };
}

/** The memory of a run; it fails once the conversation is deleted. */
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
