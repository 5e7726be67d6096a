import type { ModelCard } from '@heddle/core';
import { useMemo } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import type { ComboboxItem } from '../../../ui/fields/Combobox.js';
import { useModels } from '../use-models.js';
import { connectedModels, isHere, modelDetail, modelStateText, offeredModels } from './model-options.js';

/**
 * The models of a kind, of this machine and of connections, as choices of a field. `usable` leaves out those that must be downloaded first.
 */
export function useModelItems(kind: ModelCard['kind'], which: 'all' | 'usable' = 'all'): readonly ComboboxItem[] {
  const models = useModels();
  // Without the right to see connections, their models are entered by name.
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
