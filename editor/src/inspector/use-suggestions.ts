import { useEffect, useState } from 'react';
import { api } from '../api/api.js';
import { formatBytes } from '../format/format-bytes.js';

export interface Suggestion {
  readonly value: string;
  readonly note: string;
}

const none: readonly Suggestion[] = [];

const sources: Readonly<Record<string, (signal: AbortSignal) => Promise<readonly Suggestion[]>>> = {
  model: async (signal) =>
    (await api.models(signal)).map(({ card, status }) => {
      const size = card.files.reduce((sum, file) => sum + (file.size ?? 0), 0);
      return { value: card.id, note: [card.title, size === 0 ? '' : formatBytes(size), card.licence, status === 'absent' ? 'not downloaded' : ''].filter((part) => part !== '').join(' · ') };
    }),
  collection: async (signal) => (await api.collections(signal)).map((info) => ({ value: info.name, note: `${info.documents} documents · ${info.embedding}` })),
  workflow: async (signal) => (await api.workflows(signal)).map((workflow) => ({ value: workflow.slug, note: workflow.name })),
};

/** What a field may be set to, by its widget: models, collections, workflows that Heddle has. */
export function useSuggestions(widget: string | undefined): readonly Suggestion[] {
  const [found, setFound] = useState<readonly Suggestion[]>(none);
  useEffect(() => {
    const load = sources[widget ?? ''];
    if (load === undefined) return undefined;
    const controller = new AbortController();
    // Suggestions are a help: without them the field is still filled by hand.
    load(controller.signal).then(setFound, () => setFound(none));
    return () => controller.abort();
  }, [widget]);
  return found;
}
