import type { ConversationOwner, ConversationQuery, Conversations, Memory, StoredConversation } from '@heddle/core';
import type { Deletions } from './deletions.js';

type Known = Pick<Deletions, 'find' | 'list' | 'finish'>;

/** Conversations in which deleted ones are absent. A run that uses the session of one makes its deletion final, and begins anew. */
export function withoutDeletedConversations(stored: Conversations, deletions: Known): Conversations {
  const isSeen = ({ id }: Pick<StoredConversation, 'id'>): boolean => deletions.find('conversation', id) === undefined;
  const some = (): number => deletions.list('conversation').length;
  const list = (query: ConversationQuery): readonly StoredConversation[] =>
    stored
      .list({ ...query, limit: query.limit + some() })
      .filter(isSeen)
      .slice(0, query.limit);
  return {
    of: (owner) => memoryOf(stored, owner, deletions),
    list,
    count: (query) => (some() === 0 ? stored.count(query) : list({ ...query, limit: stored.count(query) }).length),
    find: (id) => (isSeen({ id }) ? stored.find(id) : undefined),
    read: (id, options) => (isSeen({ id }) ? stored.read(id, options) : undefined),
    erase: (ids) => stored.erase(ids),
    sweep: (before, limit) => stored.sweep(before, limit),
    forgetErased: () => stored.forgetErased(),
    assign: (id, owner) => stored.assign(id, owner),
  };
}

function memoryOf(stored: Conversations, owner: ConversationOwner, deletions: Known): Memory {
  const memory = stored.of(owner);
  const { project, workflow, subject } = owner;
  const begin = async (session: string): Promise<Memory> => {
    if (deletions.list('conversation').length === 0) return memory;
    const [found] = stored.list({ within: [{ project, subject }], workflow, session, limit: 1 });
    const deletion = found === undefined ? undefined : deletions.find('conversation', found.id);
    if (deletion !== undefined) await deletions.finish(deletion);
    return memory;
  };
  return {
    read: async (session, options) => (await begin(session)).read(session, options),
    append: async (session, ...given) => (await begin(session)).append(session, ...given),
    summarise: async (session, summary) => (await begin(session)).summarise(session, summary),
    clear: async (session) => (await begin(session)).clear(session),
  };
}
