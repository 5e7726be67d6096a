import type { FactsReply } from '@heddle/core';
import type { QueryOf } from '@heddle/core/api-client';
import { client } from '../../data/api/client.js';
import type { PageSource } from '../../data/queries/use-pages.js';

export type FactFilter = Omit<QueryOf<'/api/facts'>, 'after' | 'limit'>;

/** Facts, newest first, with the names of their subjects. */
export const factPages: PageSource<FactFilter, FactsReply> = {
  read: (filter, after, signal) =>
    client.GET('/api/facts', { params: { query: { ...filter, limit: 50, after } }, signal }),
  join: (before, { facts: older, names, next }) => ({
    facts: [...before.facts, ...older],
    names: { ...before.names, ...names },
    next,
  }),
};
