const atOnce = 16;
/** Slots of one webhook. A slow receiver occupies no more than these. */
const atOnceEach = 2;

/** The running deliveries, by id. */
export type Deliveries = Map<string, { readonly webhook: string; readonly sending: Promise<void> }>;

/** How many more deliveries may start. */
export const freeSlots = (deliveries: Deliveries): number => atOnce - deliveries.size;

/** The webhooks that have no free slot. */
export function busyWebhooks(deliveries: Deliveries): readonly string[] {
  const counts = new Map<string, number>();
  for (const { webhook } of deliveries.values()) counts.set(webhook, (counts.get(webhook) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= atOnceEach).map(([webhook]) => webhook);
}
