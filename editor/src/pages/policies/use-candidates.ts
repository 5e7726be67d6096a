import { useEffect, useMemo, useState } from 'react';
import { portfolio, type CandidateFact } from '../../api/portfolio.js';
import type { ComboboxItem } from '../../inspector/Combobox.js';
import { connectedModels, modelDetail, modelStateWords, offeredModels } from '../../inspector/model-words.js';
import { useModels } from '../../inspector/use-models.js';
import { useLoaded } from '../home/use-loaded.js';

/** Every model that a policy may name: of this machine, and those that connections are known to have. */
export function useCandidateModels(): readonly ComboboxItem[] {
  const models = useModels();
  const { value: connections } = useLoaded(portfolio.connections);
  return useMemo(() => {
    const known = connectedModels(connections ?? [], 'generate');
    const tested = (connections ?? []).flatMap(({ id, title, isLocal, lastTest }) =>
      (lastTest?.models ?? []).map((model) => ({
        value: `${id}/${model}`,
        title: `${id}/${model}`,
        detail: title === '' ? id : title,
        mark: isLocal ? 'In this network' : 'Remote',
      })),
    );
    return [
      ...offeredModels(models ?? [], 'generate').map(({ card, status }) => ({
        value: card.id,
        title: card.title,
        detail: modelDetail(card),
        mark: modelStateWords(status),
      })),
      ...known,
      ...tested.filter(({ value }) => !known.some((item) => item.value === value)),
    ];
  }, [models, connections]);
}

const restMs = 300;
const everyMs = 10_000;

/** What is known of models now; asked again while one looks, and when others are named. */
export function useFacts(models: readonly string[]): ReadonlyMap<string, CandidateFact> {
  const key = [...new Set(models.filter((model) => model !== ''))].sort().join('\n');
  const [facts, setFacts] = useState<ReadonlyMap<string, CandidateFact>>(new Map());
  useEffect(() => {
    if (key === '') return undefined;
    const controller = new AbortController();
    // Without facts the policy can still be written: what fails is tried again.
    const read = (): void =>
      void portfolio.facts(key.split('\n'), controller.signal).then(
        (known) => setFacts(new Map(known.map((fact) => [fact.model, fact]))),
        () => undefined,
      );
    const first = setTimeout(read, restMs);
    const timer = setInterval(read, everyMs);
    return () => {
      controller.abort();
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [key]);
  return facts;
}
