import type { ModelCard } from '@heddle/core';
import { useMemo } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import type { ComboboxItem } from '../../../ui/fields/Combobox.js';
import { useModels } from '../use-models.js';
import { connectedModels, modelDetail, modelStateText, offeredModels } from './model-options.js';

/** The models of a kind, of this machine and of connections, as choices of a field. */
export function useModelItems(kind: ModelCard['kind']): readonly ComboboxItem[] {
  const models = useModels();
  // Without the right to see connections, their models are entered by name.
  const { value: connections } = useGet('/api/connections', {}, ({ connections }) => connections);
  return useMemo(
    () => [
      ...offeredModels(models ?? [], kind).map(({ card, status }) => ({
        value: card.id,
        title: card.title,
        detail: modelDetail(card),
        mark: modelStateText(status),
      })),
      ...connectedModels(connections ?? [], kind),
    ],
    [models, connections, kind],
  );
}
