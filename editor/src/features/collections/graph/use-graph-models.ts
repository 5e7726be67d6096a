import { useMemo } from 'react';
import type { ComboboxItem } from '../../../ui/fields/Combobox.js';
import { useModelItems, useModels } from '../../models/index.js';

/** The models that can find entities, as choices: first those that mark names, then language models. */
interface GraphModels {
  readonly items: readonly ComboboxItem[];
  /** Whether a model only marks names, so that it takes no types and no instructions. */
  readonly marksNames: (model: string) => boolean;
}

/** Loads the models of this machine that mark names, and the language models of this machine and of connections. */
export function useGraphModels(): GraphModels {
  const models = useModels();
  const classifiers = useModelItems('classify');
  const language = useModelItems('generate');
  return useMemo(() => {
    const marking = new Set((models ?? []).filter(({ card }) => card.perToken === true).map(({ card }) => card.id));
    const names = classifiers
      .filter(({ value }) => marking.has(value))
      .map((item) => ({ ...item, detail: `Marks names · ${item.detail}` }));
    return { items: [...names, ...language], marksNames: (model) => marking.has(model) };
  }, [models, classifiers, language]);
}
