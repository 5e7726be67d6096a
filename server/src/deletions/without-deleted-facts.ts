import { HeddleError, type ConversationQuery, type FactStore, type StoredFact } from '@heddle/core';
import type { Deletions } from './deletions.js';

/** Hides deleted facts, from lists and from runs. */
export function withoutDeletedFacts(stored: FactStore, deletions: Pick<Deletions, 'find' | 'list'>): FactStore {
  const isSeen = ({ id }: { readonly id: string }): boolean => deletions.find('fact', id) === undefined;
  const some = (): number => deletions.list('fact').length;
  const list = async (query: ConversationQuery): Promise<readonly StoredFact[]> => {
    const found = await stored.list({ ...query, limit: query.limit + some() });
    return found.filter(isSeen).slice(0, query.limit);
  };
  return {
    ...stored,
    of: (owner, reader) => {
      const own = stored.of(owner, reader);
      return {
        ...own,
        find: async (request) =>
          (await own.find({ ...request, limit: request.limit + some() })).filter(isSeen).slice(0, request.limit),
        withoutVector: async (...given) => (await own.withoutVector(...given)).filter(isSeen),
        remember: async (facts, options) => {
          const keys = new Set(facts.map(({ key }) => key.trim()));
          // A new fact with the same key would get the id of the deleted one and be removed with it, so the deleted one is erased first.
          const replaced: string[] = [];
          for (const { id } of deletions.list('fact')) {
            const fact = await stored.find(id);
            if (fact !== undefined && keys.has(fact.key) && isSame(fact.owner, owner)) replaced.push(id);
          }
          if (replaced.length > 0) await stored.erase(replaced);
          await own.remember(facts, options);
        },
      };
    },
    list,
    count: async (query) => {
      const count = await stored.count(query);
      return some() === 0 ? count : (await list({ ...query, limit: count })).length;
    },
    find: (id) => (isSeen({ id }) ? stored.find(id) : Promise.resolve(undefined)),
    change: async (id, ...given) => {
      if (!isSeen({ id })) throw new HeddleError('not_found', 'The fact is deleted.', { details: { fact: id } });
      return stored.change(id, ...given);
    },
  };
}

const isSame = (a: StoredFact['owner'], b: StoredFact['owner']): boolean =>
  a.project === b.project && a.workflow === b.workflow && a.subject === b.subject;
