import type { GraphEntitiesReply } from '@heddle/core';
import { client } from '../../../data/api/client.js';
import type { PageSource } from '../../../data/queries/use-pages.js';

interface EntityFilter {
  readonly name: string;
  readonly query: string | undefined;
}

/** Entities by number of passages, page by page. */
export const entityPages: PageSource<EntityFilter, GraphEntitiesReply> = {
  read: ({ name, query }, after, signal) =>
    client.GET('/api/collections/{name}/graph/entities', {
      params: { path: { name }, query: { query, after, limit: 50 } },
      signal,
    }),
  join: (before, { entities, next }) => ({ entities: [...before.entities, ...entities], next }),
};
