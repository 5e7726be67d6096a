import { TriggerState, type BatchReply } from '@heddle/core';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { useSession } from '../../session.js';

const States = z.array(TriggerState);

/** What the socket told of the triggers of a workflow since the page was opened. */
export interface TriggerNews {
  readonly batches: ReadonlyMap<string, BatchReply>;
  readonly removed: ReadonlySet<string>;
  /** How often something was new at a webhook or schedule. */
  readonly doors: ReadonlyMap<string, number>;
}

export const noNews: TriggerNews = { batches: new Map(), removed: new Set(), doors: new Map() };

/** Newer states over what is known. */
export function mergeNews(before: TriggerNews, states: readonly TriggerState[]): TriggerNews {
  const batches = new Map(before.batches);
  const removed = new Set(before.removed);
  const doors = new Map(before.doors);
  for (const state of states)
    if ('batch' in state) batches.set(state.batch.id, state.batch);
    else if ('removed' in state) removed.add(state.removed);
    else doors.set(state.door, (doors.get(state.door) ?? 0) + 1);
  return { batches, removed, doors };
}

/** Batches as the server listed them and as they changed since, newest first. */
export function batchesNow(listed: readonly BatchReply[], { batches, removed }: TriggerNews): readonly BatchReply[] {
  const byId = new Map(listed.map((batch) => [batch.id, batch]));
  for (const [id, batch] of batches) byId.set(id, batch);
  return [...byId.values()].filter(({ id }) => !removed.has(id)).sort((a, b) => b.createdAt - a.createdAt);
}

/** Follows the triggers of a workflow. */
export function useTriggerNews(workflow: string): TriggerNews {
  const { live } = useSession();
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
