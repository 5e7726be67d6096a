import { useMemo } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import { useModelsNow } from '../../../data/queries/use-topic.js';
import type { Stock } from './template-needs.js';

/** The available models (live), connections and collections, with a function that reloads them. */
export function useStock(): { readonly stock: Stock; readonly again: () => void } {
  const models = useGet('/api/models', {}, ({ models }) => models);
  const connections = useGet('/api/connections', {}, ({ connections }) => connections);
  const collections = useGet('/api/collections', {}, ({ collections }) => collections);
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
