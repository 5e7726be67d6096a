import { useMemo } from 'react';
import { api } from '../../../data/api/api.js';
import { library } from '../../../data/api/library.js';
import { useModelsNow } from '../../../data/queries/use-topic.js';
import type { Stock } from './template-needs.js';
import { useLoaded } from '../../../data/queries/use-loaded.js';

/** The available models (live), connections and collections, with a function that reloads them. */
export function useStock(): { readonly stock: Stock; readonly again: () => void } {
  const models = useLoaded(api.models);
  const connections = useLoaded(library.connections);
  const collections = useLoaded(api.collections);
  const now = useModelsNow();
  const known = now?.models ?? models.value;
  const stock = useMemo(
    () => ({ models: known, connections: connections.value, collections: collections.value }),
    [known, connections.value, collections.value],
  );
  return {
    stock,
    again: () => {
      connections.again();
      collections.again();
    },
  };
}
