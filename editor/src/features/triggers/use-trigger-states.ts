import { TriggerState, type BatchReply } from '@heddle/core';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { useLive } from '../../data/live/live-context.js';

const States = z.array(TriggerState);

/** The live changes of a workflow's triggers since the page was opened. */
export interface TriggerNews {
  readonly batches: ReadonlyMap<string, BatchReply>;
  readonly removed: ReadonlySet<string>;
  /** The number of changes of each webhook or schedule. */
  readonly channels: ReadonlyMap<string, number>;
}

export const noNews: TriggerNews = { batches: new Map(), removed: new Set(), channels: new Map() };

/** Merges new states into the known ones. */
export function mergeNews(before: TriggerNews, states: readonly TriggerState[]): TriggerNews {
  const batches = new Map(before.batches);
  const removed = new Set(before.removed);
  const channels = new Map(before.channels);
  for (const state of states)
    if ('batch' in state) batches.set(state.batch.id, state.batch);
    else if ('removed' in state) removed.add(state.removed);
    else channels.set(state.channel, (channels.get(state.channel) ?? 0) + 1);
  return { batches, removed, channels };
}

/** The listed batches with their later changes, and new batches; newest first. */
export function batchesNow(listed: readonly BatchReply[], { batches, removed }: TriggerNews): readonly BatchReply[] {
  const byId = new Map(listed.map((batch) => [batch.id, batch]));
  for (const [id, batch] of batches) byId.set(id, batch);
  return [...byId.values()].filter(({ id }) => !removed.has(id)).sort((a, b) => b.createdAt - a.createdAt);
}

/** Subscribes to the live changes of a workflow's triggers. */
export function useTriggerNews(workflow: string): TriggerNews {
  const live = useLive();
  const [news, setNews] = useState(noNews);
  useEffect(
    () =>
      live.watchTopic(`triggers:${workflow}`, {
        onEvents: (states) => {
          const parsed = States.safeParse(states);
          if (parsed.success) setNews((before) => mergeNews(before, parsed.data));
        },
      }),
    [live, workflow],
  );
  return news;
}
