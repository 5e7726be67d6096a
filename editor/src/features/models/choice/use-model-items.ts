import type { ModelCard } from '@heddle/core';
import { useMemo } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import type { ComboboxItem } from '../../../ui/fields/Combobox.js';
import { useModels } from '../use-models.js';
import { connectedModels, isHere, modelDetail, modelStateText, offeredModels } from './model-options.js';

/**
 * The models of a kind on this machine and of connections, as choices of a field. `usable` leaves out models that must be downloaded first.
 */
export function useModelItems(kind: ModelCard['kind'], which: 'all' | 'usable' = 'all'): readonly ComboboxItem[] {
  const models = useModels();
  // Users who may not see connections enter the names of their models.
  const { value: connections } = useGet('/api/connections', {}, ({ connections }) => connections);
  return useMemo(
    () => [
      ...offeredModels(models ?? [], kind)
        .filter((model) => which === 'all' || isHere(model))
        .map(({ card, status }) => ({
          value: card.id,
          title: card.title,
          detail: modelDetail(card),
          mark: modelStateText(status),
        })),
      ...connectedModels(connections ?? [], kind),
    ],
    [models, connections, kind, which],
  );
}
