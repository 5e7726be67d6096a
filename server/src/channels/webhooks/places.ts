const atOnce = 16;
/** Of one webhook: who does not answer holds these places and no more. */
const atOnceEach = 2;

/** The deliveries under way, by id. */
export type Places = Map<string, { readonly webhook: string; readonly sending: Promise<void> }>;

/** How many more may begin. */
export const freePlaces = (places: Places): number => atOnce - places.size;

/** The webhooks that hold all of their places. */
export function busyWebhooks(places: Places): readonly string[] {
  const counts = new Map<string, number>();
  for (const { webhook } of places.values()) counts.set(webhook, (counts.get(webhook) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= atOnceEach).map(([webhook]) => webhook);
}
