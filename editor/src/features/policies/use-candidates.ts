import { useEffect, useMemo, useState } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import type { CandidateFact } from '../../data/api/reply-parts.js';
import type { ComboboxItem } from '../../ui/fields/Combobox.js';
import { connectedModels, modelDetail, modelStateText, offeredModels, useModels } from '../models/index.js';

/** All models that a policy can use, on this machine and of connections. */
export function useCandidateModels(): readonly ComboboxItem[] {
  const models = useModels();
  const { value: connections } = useGet('/api/connections', {}, ({ connections }) => connections);
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
        mark: modelStateText(status),
      })),
      ...known,
      ...tested.filter(({ value }) => !known.some((item) => item.value === value)),
    ];
  }, [models, connections]);
}

const restMs = 300;
const everyMs = 10_000;

/** The current measurements of models. They are read again regularly, and when other models are chosen. */
export function useFacts(models: readonly string[]): ReadonlyMap<string, CandidateFact> {
  const key = [...new Set(models.filter((model) => model !== ''))].sort().join('\n');
  const [facts, setFacts] = useState<ReadonlyMap<string, CandidateFact>>(new Map());
  useEffect(() => {
    if (key === '') return undefined;
    const controller = new AbortController();
    // Errors are ignored: the policy can be edited without measurements, and the next reading follows soon.
    const read = (): void =>
      void client.POST('/api/policies/facts', { body: { models: key.split('\n') }, signal: controller.signal }).then(
        ({ facts: known }) => setFacts(new Map(known.map((fact) => [fact.model, fact]))),
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
