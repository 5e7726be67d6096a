import type { ModelCard } from '@heddle/core';
import { useGet } from '../../../data/queries/use-get.js';

/** The embedding models on this machine; undefined until they are loaded. */
export function useEmbedders(): readonly ModelCard[] | undefined {
  const models = useGet('/api/models', {}, ({ models: all }) => all);
  return models.value
    ?.filter(({ card, status }) => card.kind === 'embed' && (status === 'ready' || status === 'loaded'))
    .map(({ card }) => card);
}
